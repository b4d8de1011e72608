package dev.nestmap.server.feed;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.MapInfoCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import dev.nestmap.proto.v1.MapChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps as messages of bounded size, made one by one while they are sent: a snapshot of a large state never stands in memory
 * twice.
 */
final class Chunks implements Iterator<List<MapChange>> {
    private final Iterator<MapStep> steps;
    private final KeyRange keys;
    private final boolean previousValues;
    private final SentDefinitions definitions;
    private final int sizeLimitBytes;
    private Iterator<Change<Bytes>> elements = Collections.emptyIterator();
    private @Nullable MapState current;
    /** The map of {@code elements} was there before. */
    private boolean wasThere;

    Chunks(List<MapStep> steps, SentDefinitions definitions, int sizeLimitBytes) {
        this(steps, KeyRange.ALL, false, definitions, sizeLimitBytes);
    }

    /**
     * Of some keys only.
     *
     * @param previousValues tell the elements as they were before
     */
    Chunks(List<MapStep> steps, KeyRange keys, boolean previousValues,
            SentDefinitions definitions, int sizeLimitBytes) {
        this.steps = steps.iterator();
        this.keys = keys;
        this.previousValues = previousValues;
        this.definitions = definitions;
        this.sizeLimitBytes = sizeLimitBytes;
    }

    @Override
    public boolean hasNext() {
        return elements.hasNext() || steps.hasNext();
    }

    @Override
    public List<MapChange> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        List<MapChange> changes = new ArrayList<>();
        int sizeBytes = 0;
        while (sizeBytes < sizeLimitBytes && hasNext()) {
            MapChange.Builder change = MapChange.newBuilder();
            if (!elements.hasNext()) {
                begin(steps.next(), change);
            }
            sizeBytes += fill(change, sizeLimitBytes - sizeBytes);
            changes.add(change.build());
        }
        return changes;
    }

    private void begin(MapStep step, MapChange.Builder change) {
        MapState after = step.after();
        if (after == null) {
            definitions.forget(step.mapId());
            change.setMapId(step.mapId()).setRemoved(true);
            return;
        }
        MapState before = step.before();
        change.setInfo(definitions.isNew(step, after)
                ? MapInfoCodec.info(after)
                : MapInfoCodec.state(after)).setPlaced(step.placed());
        current = after;
        wasThere = before != null;
        elements = keys
                .difference(before == null ? Tree.ofBytes() : before.elements(),
                        after.elements())
                .iterator();
    }

    private int fill(MapChange.Builder change, int sizeLimit) {
        if (change.getRemoved()) {
            return Long.BYTES;
        }
        MapState map = current;
        if (map == null) {
            throw new IllegalStateException("a chunk of elements without a map");
        }
        change.setMapId(map.id());
        int sizeBytes = change.hasInfo() ? change.getInfo().getSerializedSize() : 0;
        while (sizeBytes < sizeLimit && elements.hasNext()) {
            Change<Bytes> element = elements.next();
            Bytes after = element.after();
            sizeBytes += element.key().size() + (after == null ? 0 : after.size()) + 2 * Long.BYTES;
            Bytes key = StoredElements.wireKey(map.spec(), element.key());
            if (after == null) {
                change.addDeleted(ElementCodec.bytes(key));
            } else {
                Element set = StoredElements.element(map.spec(), element.key(), after);
                change.addSet(ElementCodec.element(set));
                key = set.key();
            }
            if (previousValues && wasThere) {
                sizeBytes += addPrevious(map.spec(), key, element, change);
            }
        }
        return Math.max(sizeBytes, 1);
    }

    private static int addPrevious(MapSpec spec, Bytes key, Change<Bytes> element,
            MapChange.Builder change) {
        Bytes before = element.before();
        Optional<Value> value = before == null
                ? StoredElements.initialValue(spec)
                : Optional.of(StoredElements.element(spec, element.key(), before).value());
        value.ifPresent(
                found -> change.addPrevious(ElementCodec.element(new Element(key, found))));
        return value.isEmpty()
                ? 0
                : key.size() + 2 * Long.BYTES + (before == null ? spec.valueSize() : before.size());
    }
}
