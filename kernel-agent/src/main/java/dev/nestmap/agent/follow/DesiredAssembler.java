package dev.nestmap.agent.follow;

import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.DesiredMap;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Tree;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.MapInfo;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of one stream together. Parts of a snapshot or of a difference are never seen from outside. For one thread.
 */
public final class DesiredAssembler {
    /** What the messages so far lead to; null before the first snapshot is complete. */
    private @Nullable Desired complete;
    /** Where the message before had more to come: what it led to. */
    private @Nullable Tree<DesiredMap> unfinished;

    /** Before the first message, which must begin a snapshot. */
    public DesiredAssembler() {}

    /**
     * Takes one message.
     *
     * @return the new state, where this message completes one
     * @throws InvalidMessageException the stream cannot be understood and must be opened anew
     */
    public Optional<Desired> accept(FollowResponse message) throws InvalidMessageException {
        Tree<DesiredMap> maps = base(message);
        for (MapChange change : message.getChangesList()) {
            maps = apply(maps, change);
        }
        if (message.getMore()) {
            unfinished = maps;
            return Optional.empty();
        }
        unfinished = null;
        complete = new Desired(message.getHeader().getRevision(), maps);
        return Optional.of(complete);
    }

    private Tree<DesiredMap> base(FollowResponse message) throws InvalidMessageException {
        if (unfinished != null) {
            return unfinished;
        }
        if (message.getSnapshot()) {
            return Tree.ofObjects();
        }
        if (complete == null) {
            throw new InvalidMessageException("a stream must begin with a snapshot");
        }
        return complete.maps();
    }

    private static Tree<DesiredMap> apply(Tree<DesiredMap> maps, MapChange change)
            throws InvalidMessageException {
        Bytes key = Desired.key(change.getMapId());
        if (change.getRemoved()) {
            return maps.without(key);
        }
        DesiredMap before = maps.get(key);
        DesiredMap map = change.hasInfo()
                ? defined(before, change.getInfo(), change.getPlaced())
                : before;
        if (map == null) {
            throw new InvalidMessageException(
                    "map %d changes, but was never defined".formatted(change.getMapId()));
        }
        return maps.with(key, withElements(map, change));
    }

    private static DesiredMap defined(@Nullable DesiredMap before, MapInfo info, boolean placed)
            throws InvalidMessageException {
        MapSpec spec;
        if (info.hasSpec() || before == null) {
            spec = SpecCodec.spec(info.getSpec());
        } else {
            // The stream has said it before.
            spec = before.spec();
        }
        return new DesiredMap(info.getId(), spec, info.getFrozen(), info.getUnlinked(), placed,
                before == null ? Tree.ofBytes() : before.elements());
    }

    private static DesiredMap withElements(DesiredMap map, MapChange change)
            throws InvalidMessageException {
        MapSpec spec = map.spec();
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        for (var wire : change.getSetList()) {
            Element element = ElementCodec.element(wire);
            check(spec, element);
            Map.Entry<Bytes, Bytes> stored = StoredElements.stored(spec, element);
            // Zeros in an array are what is there anyway: equal arrays are equal trees.
            edits.put(stored.getKey(),
                    StoredElements.isInitial(spec, stored.getValue()) ? null : stored.getValue());
        }
        for (var wire : change.getDeletedList()) {
            edits.put(StoredElements.storedKey(spec, ElementCodec.bytes(wire)), null);
        }
        return edits.isEmpty()
                ? map
                : new DesiredMap(map.id(), spec, map.frozen(), map.unlinked(), map.placed(),
                        map.elements().edit(edits));
    }

    /** The store has checked all this; a mistake there must not become a wrong write here. */
    private static void check(MapSpec spec, Element element) throws InvalidMessageException {
        if (!StoredElements.fits(spec, element)) {
            throw new InvalidMessageException(
                    "element %s does not fit into %s".formatted(element, spec.ref()));
        }
    }
}
