package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Actual.Leftover;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kernel's maps behind the store's ids. Owns what is open. For the thread that works on the kernel. */
final class OpenMaps implements AutoCloseable {
    /** No map of the store has this id: a slot that holds somebody else's map differs from whatever is desired. */
    private static final long NOT_OURS = 0;
    /** A slot that holds something, but nothing that is wanted. */
    static final Bytes UNKNOWN_SLOT = Bytes.u64be(NOT_OURS);

    /** So far an array is emptied that cannot be read. */
    private static final long UNREADABLE_INDEXES = 65_536;

    private final Claims claims = new Claims();
    private final Map<Long, KernelMap> byId = new HashMap<>();
    /** Also of maps that are not open: those that an agent before left. */
    private final Map<Integer, Long> idsByKernelId = new HashMap<>();

    void remember(long mapId, Leftover leftover) {
        leftover.pins().forEach(pin -> idsByKernelId.put(pin.kernelId(), mapId));
    }

    void put(long mapId, KernelMap map) {
        KernelMap before = byId.put(mapId, map);
        if (before != null) {
            idsByKernelId.remove(before.info().id());
            before.close();
        }
        idsByKernelId.put(map.info().id(), mapId);
    }

    @Nullable
    KernelMap get(long mapId) {
        return byId.get(mapId);
    }

    /** The map of ours that a kernel id belongs to. */
    Optional<Long> owner(int kernelId) {
        return Optional.ofNullable(idsByKernelId.get(kernelId));
    }

    /** The map of ours of which a kernel id is the generation in use, as far as that is known. */
    private long inUse(int kernelId) {
        long id = idsByKernelId.getOrDefault(kernelId, NOT_OURS);
        KernelMap map = byId.get(id);
        return map == null || map.info().id() == kernelId ? id : NOT_OURS;
    }

    /** What a slot that holds a map is in the store's form. */
    Bytes slot(int kernelId) {
        return Bytes.u64be(inUse(kernelId));
    }

    /** Forgets whose map that is not open this was. */
    void forget(int kernelId) {
        idsByKernelId.remove(kernelId);
    }

    /** Closes a map and forgets whose it was. */
    void drop(long mapId) {
        KernelMap map = byId.remove(mapId);
        if (map != null) {
            idsByKernelId.remove(map.info().id(), mapId);
            map.close();
        }
    }

    /** Which elements of shared maps are ours. */
    Claims claims() {
        return claims;
    }

    /** What of a map is the agent's affair, in the store's form: of a shared map only the elements that are ours. */
    Contents read(long mapId, MapSpec spec, KernelMap map) throws KernelException {
        return switch (spec.ownership()) {
            case EXCLUSIVE -> new Contents(elements(spec, map), new TreeMap<>(), 0);
            case SHARED -> ours(mapId, spec, map);
            case SEED, OBSERVED -> ElementsDifference.EMPTY;
        };
    }

    private Contents ours(long mapId, MapSpec spec, KernelMap map) throws KernelException {
        Tree<Bytes> claimed = claims.of(mapId);
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        Tree<Bytes> all = elements(spec, map);
        long others = 0;
        for (Entry<Bytes> entry : all) {
            Bytes ours = claimed.get(entry.key());
            if (ours == null) {
                edits.put(entry.key(), null);
                others++;
            } else if (Claims.isCounter(spec, ours)) {
                edits.put(entry.key(), ours);
            }
        }
        return new Contents(all.edit(edits), new TreeMap<>(), others);
    }

    private Tree<Bytes> elements(MapSpec spec, KernelMap map) throws KernelException {
        TreeMap<Bytes, @Nullable Bytes> elements = new TreeMap<>();
        if (spec.type() == MapType.CGROUP_ARRAY) {
            // The kernel never tells what is in it: every index is written or emptied once.
            long end = Math.min(spec.capacity(), UNREADABLE_INDEXES);
            for (int index = 0; index < end; index++) {
                elements.put(StoredElements.storedKey(spec, Bytes.u32le(index)),
                        Expressions.OUTDATED);
            }
            return Tree.ofBytes().edit(elements);
        }
        for (KernelElement element : map.readAll()) {
            if (spec.type().isOuter()) {
                elements.put(StoredElements.storedKey(spec, element.key()),
                        slot(element.value().intLe(0)));
            } else if (!MapRules.isDense(spec.type()) || !element.value().isZero()) {
                elements.put(StoredElements.storedKey(spec, element.key()),
                        KernelValues.stored(spec, element));
            }
        }
        return Tree.ofBytes().edit(elements);
    }

    @Override
    public void close() {
        byId.values().forEach(KernelMap::close);
        byId.clear();
        idsByKernelId.clear();
    }
}
