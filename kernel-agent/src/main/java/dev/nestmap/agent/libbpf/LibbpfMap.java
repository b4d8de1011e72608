package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.ArrayMemory;
import dev.nestmap.agent.kernel.BatchOutcome;
import dev.nestmap.agent.kernel.ElementWalk;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapInfo;
import dev.nestmap.agent.kernel.PageReader;
import dev.nestmap.agent.kernel.Slot;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A map of the running kernel. Owns its fd. Memory for a call is taken and given back within the call.
 */
final class LibbpfMap implements KernelMap {
    private final MapFd map;
    /** Calls hold it shared, close alone: the number of a closed fd may already belong to another map. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    /** Guarded by {@code use}. */
    private boolean closed;

    /** Takes over the fd. */
    LibbpfMap(MapFd map) {
        this.map = map;
    }

    @Override
    public KernelMapInfo info() {
        return map.info();
    }

    @Override
    public int valueWidth() {
        return map.valueWidth();
    }

    @Override
    public Optional<Bytes> lookup(Bytes key) throws KernelException {
        return whileOpen(arena -> {
            String operation = map.operation("look up", key);
            MemorySegment value = arena.allocate(map.valueWidth());
            int result = LibBpf.bpf_map_lookup_elem_flags(map.fd(), map.key(arena, key, operation),
                    value, 0);
            return Returned.bytes(result, value, operation);
        });
    }

    @Override
    public void update(Bytes key, Bytes value, long flags) throws KernelException {
        String operation = map.operation("update", key);
        if (info().spec().type().isOuter()) {
            throw new KernelException(operation, Errno.EINVAL, "a slot takes a map, not bytes");
        }
        whileOpen(arena -> Returned.check(LibBpf.bpf_map_update_elem(map.fd(),
                map.key(arena, key, operation), map.value(arena, value, operation),
                flags | map.writeFlags()),
                operation));
    }

    @Override
    public void updateSlot(Bytes key, KernelMap inner, long flags) throws KernelException {
        String operation = map.operation("set slot of", key) + " to " + MapFd.word(inner.info());
        if (!info().spec().type().isOuter()) {
            throw new KernelException(operation, Errno.EINVAL, "this is no outer map");
        }
        LibbpfMap candidate = ours(inner);
        candidate.hold();
        try {
            whileOpen(arena -> Returned.check(LibBpf.bpf_map_update_elem(map.fd(),
                    map.key(arena, key, operation),
                    map.value(arena, candidate.slotValue(), operation), flags), operation));
        } finally {
            candidate.release();
        }
    }

    @Override
    public boolean delete(Bytes key) throws KernelException {
        return whileOpen(arena -> {
            String operation = map.operation("delete from", key);
            return Returned.found(
                    LibBpf.bpf_map_delete_elem(map.fd(), map.key(arena, key, operation)),
                    operation);
        });
    }

    @Override
    public Optional<Bytes> nextKey(@Nullable Bytes key) throws KernelException {
        return whileOpen(arena -> {
            String operation = key == null
                    ? map.operation("find the first key of")
                    : map.operation("find the key behind that of", key);
            MemorySegment from = key == null ? MemorySegment.NULL : map.key(arena, key, operation);
            MemorySegment next = arena.allocate(map.keySize());
            int result = LibBpf.bpf_map_get_next_key(map.fd(), from, next);
            return Returned.bytes(result, next, operation);
        });
    }

    @Override
    public Optional<Bytes> lookupAndDelete(Bytes key) throws KernelException {
        return whileOpen(arena -> {
            String operation = map.operation("look up and delete from", key);
            MemorySegment value = arena.allocate(map.valueWidth());
            int result = LibBpf.bpf_map_lookup_and_delete_elem(map.fd(),
                    map.key(arena, key, operation), value);
            return Returned.bytes(result, value, operation);
        });
    }

    @Override
    public BatchOutcome updateBatch(List<KernelElement> elements) {
        if (info().spec().type().isOuter() && !elements.isEmpty()) {
            return BatchOutcome.stopped(0,
                    new KernelException(map.operation("update", elements.getFirst().key()),
                            Errno.EINVAL, "a slot takes a map, not bytes"));
        }
        return whileOpen(arena -> new BatchWriter(map, BatchWriter.Verb.UPDATE, arena,
                elements).write());
    }

    @Override
    public ArrayMemory mapForWriting() throws KernelException {
        return whileOpen(_ -> MappedArray.forWriting(map));
    }

    @Override
    public ArrayMemory mapForReading() throws KernelException {
        return whileOpen(_ -> MappedArray.forReading(map));
    }

    @Override
    public BatchOutcome updateSlots(List<Slot> slots) {
        if (!info().spec().type().isOuter() && !slots.isEmpty()) {
            return BatchOutcome.stopped(0,
                    new KernelException(map.operation("set slot of", slots.getFirst().key()),
                            Errno.EINVAL, "this is no outer map"));
        }
        List<LibbpfMap> held = new ArrayList<>(slots.size());
        List<KernelElement> elements = new ArrayList<>(slots.size());
        try {
            for (Slot slot : slots) {
                LibbpfMap inner = ours(slot.inner());
                inner.hold();
                held.add(inner);
                elements.add(new KernelElement(slot.key(), inner.slotValue()));
            }
            return whileOpen(arena -> new BatchWriter(map, BatchWriter.Verb.UPDATE, arena,
                    elements).write());
        } finally {
            held.forEach(LibbpfMap::release);
        }
    }

    @Override
    public BatchOutcome deleteBatch(List<Bytes> keys) {
        List<KernelElement> elements = keys.stream()
                .map(key -> new KernelElement(key, Bytes.empty()))
                .toList();
        return whileOpen(arena -> new BatchWriter(map, BatchWriter.Verb.DELETE, arena,
                elements).write());
    }

    @Override
    public void deleteSlots(List<Bytes> keys) throws KernelException {
        if (info().spec().type() == MapType.ARRAY_OF_MAPS) {
            SharedWaits.forEach(keys, this::delete);
            return;
        }
        for (int from = 0; from < keys.size();) {
            BatchOutcome outcome = deleteBatch(keys.subList(from, keys.size()));
            KernelException failure = outcome.failure().orElse(null);
            if (failure != null && !failure.is(Errno.ENOENT)) {
                throw failure;
            }
            from += outcome.done() + 1;
        }
    }

    @Override
    public List<KernelElement> readAll() throws KernelException {
        return whileOpen(arena -> new WholeMap(map).read(new MapReader(map, arena)));
    }

    @Override
    public void readPages(PageReader reader) throws KernelException {
        whileOpen(arena -> {
            new MapReader(map, arena).read(reader);
            return true;
        });
    }

    @Override
    public ElementWalk walk(int pageBytes) {
        MapWalk walk = new MapWalk(map, pageBytes);
        return () -> whileOpen(walk::next);
    }

    @Override
    public Optional<MapBtf> types() throws KernelException {
        return whileOpen(_ -> KernelTypes.of(map.fd(), map.operation("read the types of")));
    }

    @Override
    public boolean frozen() throws KernelException {
        return whileOpen(_ -> FdInfo.isFrozen(map.fd(), map.operation("examine")));
    }

    @Override
    public void freeze() throws KernelException {
        whileOpen(_ -> Returned.check(LibBpf.bpf_map_freeze(map.fd()), map.operation("freeze")));
    }

    @Override
    public void pin(Path path) throws KernelException {
        whileOpen(arena -> Returned.check(
                LibBpf.bpf_obj_pin(map.fd(), arena.allocateFrom(path.toString())),
                map.operation("pin") + " at " + path));
    }

    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                LibC.close(map.fd());
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    /**
     * The fd for use as an inner template or a slot's value; only between {@link #hold} and {@link #release}.
     */
    int fd() {
        return map.fd();
    }

    /** Keeps the fd open until {@link #release}. */
    void hold() {
        use.readLock().lock();
        if (closed) {
            use.readLock().unlock();
            throw new IllegalStateException(MapFd.word(info()) + " is closed");
        }
    }

    void release() {
        use.readLock().unlock();
    }

    /** The implementation behind a map of the port; a map of another kernel is a mistake of the caller. */
    static LibbpfMap ours(KernelMap map) {
        if (map instanceof LibbpfMap ours) {
            return ours;
        }
        throw new IllegalArgumentException(map.info() + " is a map of another kernel");
    }

    private Bytes slotValue() {
        return Bytes.u32le(map.fd());
    }

    private interface Call<T, X extends Exception> {
        T run(Arena arena) throws X;
    }

    private <T, X extends Exception> T whileOpen(Call<T, X> call) throws X {
        hold();
        try (Arena arena = Arena.ofConfined()) {
            return call.run(arena);
        } finally {
            release();
        }
    }
}
