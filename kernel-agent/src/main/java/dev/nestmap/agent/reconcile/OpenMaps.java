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

    /** What a map holds, in the store's form; nothing where its contents are not the agent's affair. */
    Contents read(MapSpec spec, KernelMap map) throws KernelException {
        return switch (MapRules.ownership(spec.type())) {
            case EXCLUSIVE -> new Contents(elements(spec, map), new TreeMap<>(), false);
            case SHARED -> new Contents(elements(spec, map), new TreeMap<>(), true);
            case SEED, OBSERVED -> ElementsDifference.EMPTY;
        };
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
                long inner = inUse(element.value().intLe(0));
                elements.put(StoredElements.storedKey(spec, element.key()), Bytes.u64be(inner));
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
