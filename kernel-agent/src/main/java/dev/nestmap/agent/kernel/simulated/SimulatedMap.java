package dev.nestmap.agent.kernel.simulated;

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
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An open simulated map. Every call holds the kernel's monitor. */
final class SimulatedMap implements KernelMap {
    private final SimulatedKernel kernel;
    private final StoredMap map;
    /** Guarded by the kernel's monitor. */
    private boolean closed;

    /** Takes a reference, which {@link #close} gives back. */
    SimulatedMap(SimulatedKernel kernel, StoredMap map) {
        this.kernel = kernel;
        this.map = map;
        map.refer();
    }

    @Override
    public KernelMapInfo info() {
        return map.info;
    }

    @Override
    public int valueWidth() {
        return ModelledElements.valueWidth(map.spec, SimulatedKernel.POSSIBLE_CPUS);
    }

    @Override
    public Optional<Bytes> lookup(Bytes key) throws KernelException {
        synchronized (kernel) {
            begin("look up", key);
            return map.lookup(key);
        }
    }

    @Override
    public void update(Bytes key, Bytes value, long flags) throws KernelException {
        synchronized (kernel) {
            String operation = begin("update", key);
            refuse(map.spec.type().isOuter() || value.size() != valueWidth(), Errno.EINVAL,
                    operation);
            refuse(map.frozen, Errno.EPERM, operation);
            check(map.update(key, value, flags, kernel.interfaceIndexes()), operation);
        }
    }

    @Override
    public void updateSlot(Bytes key, KernelMap inner, long flags) throws KernelException {
        synchronized (kernel) {
            StoredMap candidate = kernel.ours(inner).open();
            String operation = begin("set slot of", key);
            refuse(!map.spec.type().isOuter(), Errno.EINVAL, operation);
            refuse(map.frozen, Errno.EPERM, operation);
            check(map.setSlot(key, candidate, flags), operation);
        }
    }

    @Override
    public boolean delete(Bytes key) throws KernelException {
        synchronized (kernel) {
            String operation = begin("delete from", key);
            refuse(map.frozen, Errno.EPERM, operation);
            Optional<Errno> refusal = map.delete(key);
            check(refusal.filter(errno -> errno != Errno.ENOENT), operation);
            return refusal.isEmpty();
        }
    }

    @Override
    public Optional<Bytes> nextKey(@Nullable Bytes key) throws KernelException {
        synchronized (kernel) {
            begin("find the next key of", key);
            return map.nextKey(key);
        }
    }

    @Override
    public Optional<Bytes> lookupAndDelete(Bytes key) throws KernelException {
        synchronized (kernel) {
            String operation = begin("look up and delete from", key);
            refuse(map.frozen, Errno.EPERM, operation);
            refuse(map.spec.type() != MapType.HASH
                    && StoredMap.SIMULATED_HERE.contains(map.spec.type()), Errno.ENOTSUPP,
                    operation);
            return map.lookupAndDelete(key);
        }
    }

    @Override
    public BatchOutcome updateBatch(List<KernelElement> elements) {
        return batch(elements,
                element -> update(element.key(), element.value(), UpdateFlags.ANY));
    }

    @Override
    public ArrayMemory mapForWriting() throws KernelException {
        synchronized (kernel) {
            String operation = mappable("map the memory of");
            refuse(map.frozen, Errno.EPERM, operation);
            refuse((map.spec.flags() & MapFlags.RDONLY_PROG) != 0, Errno.EACCES, operation);
            return new SimulatedMemory(kernel, map, true);
        }
    }

    @Override
    public ArrayMemory mapForReading() throws KernelException {
        synchronized (kernel) {
            String _ = mappable("look at the memory of");
            return new SimulatedMemory(kernel, map, false);
        }
    }

    private String mappable(String verb) throws KernelException {
        String operation = begin(verb, null);
        refuse(map.spec.type() != MapType.ARRAY, Errno.ENOTSUPP, operation);
        refuse((map.spec.flags() & MapFlags.MMAPABLE) == 0, Errno.EINVAL, operation);
        return operation;
    }

    @Override
    public BatchOutcome updateSlots(List<Slot> slots) {
        return batch(slots, slot -> updateSlot(slot.key(), slot.inner(), UpdateFlags.ANY));
    }

    @Override
    public BatchOutcome deleteBatch(List<Bytes> keys) {
        return batch(keys, key -> {
            if (!delete(key)) {
                throw new KernelException(operation("delete from", key), Errno.ENOENT);
            }
        });
    }

    @Override
    public void deleteSlots(List<Bytes> keys) throws KernelException {
        synchronized (kernel) {
            for (Bytes key : keys) {
                boolean _ = delete(key);
            }
        }
    }

    @Override
    public List<KernelElement> readAll() throws KernelException {
        synchronized (kernel) {
            begin("read all of", null);
            List<KernelElement> all = new ArrayList<>();
            for (Optional<Bytes> key = map.nextKey(null); key.isPresent(); key = map
                    .nextKey(key.get())) {
                Bytes present = key.get();
                map.lookup(present).ifPresent(value -> all.add(new KernelElement(present, value)));
            }
            return all;
        }
    }

    @Override
    public Optional<MapBtf> types() {
        return Optional.empty();
    }

    /** Of one moment: that of the first page. */
    @Override
    public ElementWalk walk(int pageBytes) {
        int most = Math.max(1, pageBytes / (info().spec().keySize() + valueWidth() + 1));
        Deque<KernelElement> left = new ArrayDeque<>();
        boolean[] begun = new boolean[1];
        return () -> {
            if (!begun[0]) {
                left.addAll(readAll());
                begun[0] = true;
            }
            List<KernelElement> page = new ArrayList<>();
            while (page.size() < most && !left.isEmpty()) {
                page.add(left.removeFirst());
            }
            return new ElementWalk.Page(
                    SimulatedPages.packed(page, info().spec().keySize(), valueWidth()),
                    left.isEmpty());
        };
    }

    @Override
    public void readPages(PageReader reader) throws KernelException {
        SimulatedPages.give(readAll(), map.spec.keySize(), valueWidth(), reader);
    }

    @Override
    public boolean frozen() throws KernelException {
        synchronized (kernel) {
            begin("examine", null);
            return map.frozen;
        }
    }

    @Override
    public void freeze() throws KernelException {
        synchronized (kernel) {
            String operation = begin("freeze", null);
            refuse(map.frozen, Errno.EPERM, operation);
            map.frozen = true;
        }
    }

    @Override
    public void pin(Path path) throws KernelException {
        synchronized (kernel) {
            open();
            String operation = operation("pin", null) + " at " + path;
            kernel.fault(operation);
            kernel.pin(path, map, operation);
        }
    }

    @Override
    public void close() {
        synchronized (kernel) {
            if (!closed) {
                closed = true;
                map.letGo();
            }
        }
    }

    boolean isOf(SimulatedKernel other) {
        return kernel == other;
    }

    /** The map behind it, while it is open. */
    StoredMap open() {
        if (closed) {
            throw new IllegalStateException(operation("use", null) + ", which is closed");
        }
        return map;
    }

    private interface Step<E> {
        void perform(E element) throws KernelException;
    }

    private <E> BatchOutcome batch(List<E> elements, Step<E> step) {
        synchronized (kernel) {
            open();
            int done = 0;
            for (E element : elements) {
                try {
                    step.perform(element);
                } catch (KernelException e) {
                    return BatchOutcome.stopped(done, e);
                }
                done++;
            }
            return BatchOutcome.complete(done);
        }
    }

    private String begin(String verb, @Nullable Bytes key) throws KernelException {
        open();
        String operation = operation(verb, key);
        refuse(key != null && key.size() != map.spec.keySize(), Errno.EINVAL, operation);
        kernel.fault(operation);
        return operation;
    }

    private String operation(String verb, @Nullable Bytes key) {
        return verb + " \"" + map.info.name() + '"' + (key == null ? "" : " key " + key);
    }

    private static void refuse(boolean broken, Errno errno, String operation)
            throws KernelException {
        check(broken ? Optional.of(errno) : Optional.empty(), operation);
    }

    private static void check(Optional<Errno> refusal, String operation) throws KernelException {
        if (refusal.isPresent()) {
            throw new KernelException(operation, refusal.get());
        }
    }
}
