package dev.nestmap.agent.checkpoint;

import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.DesiredMap;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.MapInfo;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What leads from one desired state to another, as the messages by which a store would say it: at least one, each of bounded size,
 * made one by one.
 */
final class DifferenceMessages implements Iterator<FollowResponse> {
    /** A message ends with the element that passes this. */
    private static final int MESSAGE_BYTES = 256 * 1024;

    private final FollowResponse frame;
    private final Iterator<Change<DesiredMap>> maps;
    private Iterator<Change<Bytes>> elements = Collections.emptyIterator();
    /** The map of {@code elements}. */
    private @Nullable DesiredMap current;
    private boolean begun;

    private DifferenceMessages(FollowResponse frame, Tree<DesiredMap> before,
            Tree<DesiredMap> after) {
        this.frame = frame;
        this.maps = Tree.difference(before, after).iterator();
    }

    /** All of a state. */
    static DifferenceMessages snapshot(String clusterId, Desired desired) {
        return new DifferenceMessages(frame(clusterId, desired, true), Tree.ofObjects(),
                desired.maps());
    }

    /** What changed. */
    static DifferenceMessages between(String clusterId, Desired before, Desired after) {
        return new DifferenceMessages(frame(clusterId, after, false), before.maps(), after.maps());
    }

    private static FollowResponse frame(String clusterId, Desired desired, boolean snapshot) {
        return FollowResponse.newBuilder()
                .setHeader(
                        Header.newBuilder().setClusterId(clusterId).setRevision(desired.revision()))
                .setSnapshot(snapshot)
                .build();
    }

    @Override
    public boolean hasNext() {
        return !begun || elements.hasNext() || maps.hasNext();
    }

    @Override
    public FollowResponse next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        begun = true;
        FollowResponse.Builder message = frame.toBuilder();
        int sizeBytes = 0;
        while (sizeBytes < MESSAGE_BYTES && hasNext()) {
            MapChange.Builder change = MapChange.newBuilder();
            if (!elements.hasNext()) {
                sizeBytes += begin(maps.next(), change);
            }
            sizeBytes += fill(change, MESSAGE_BYTES - sizeBytes);
            message.addChanges(change);
        }
        return message.setMore(hasNext()).build();
    }

    private int begin(Change<DesiredMap> map, MapChange.Builder change) {
        DesiredMap before = map.before();
        DesiredMap after = map.after();
        current = after;
        if (after == null) {
            change.setMapId(map.key().longBe(0)).setRemoved(true);
            return Long.BYTES;
        }
        MapInfo.Builder info = MapInfo.newBuilder()
                .setId(after.id())
                .setFrozen(after.frozen())
                .setUnlinked(after.unlinked());
        if (before == null || !before.spec().equals(after.spec())) {
            info.setSpec(SpecCodec.spec(after.spec()));
        }
        change.setMapId(after.id()).setInfo(info).setPlaced(after.placed());
        elements = Tree
                .difference(before == null ? Tree.ofBytes() : before.elements(), after.elements())
                .iterator();
        return change.getInfo().getSerializedSize();
    }

    private int fill(MapChange.Builder change, int mostBytes) {
        int sizeBytes = 2 * Long.BYTES;
        DesiredMap map = current;
        if (map == null) {
            return sizeBytes;
        }
        change.setMapId(map.id());
        while (sizeBytes < mostBytes && elements.hasNext()) {
            Change<Bytes> element = elements.next();
            Bytes after = element.after();
            sizeBytes += element.key().size() + (after == null ? 0 : after.size()) + 2 * Long.BYTES;
            if (after == null) {
                change.addDeleted(ElementCodec
                        .bytes(StoredElements.wireKey(map.spec(), element.key())));
            } else {
                change.addSet(ElementCodec
                        .element(StoredElements.element(map.spec(), element.key(), after)));
            }
        }
        return sizeBytes;
    }
}
