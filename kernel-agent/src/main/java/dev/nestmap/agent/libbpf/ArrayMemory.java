package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.lang.foreign.MemorySegment;

/** The elements of an array with BPF_F_MMAPABLE in the memory of this process, writable. The map stays open meanwhile. */
final class ArrayMemory implements AutoCloseable {
    private static final int ALIGNMENT_BYTES = 8;
    private static final long PAGE_BYTES = 4096;

    private final MapFd map;
    private final long strideBytes;
    private final long sizeBytes;
    private final long address;
    private final MemorySegment memory;

    ArrayMemory(MapFd map) throws KernelException {
        this.map = map;
        this.strideBytes = roundUp(Integer.toUnsignedLong(map.info().spec().valueSize()),
                ALIGNMENT_BYTES);
        this.sizeBytes = roundUp(
                strideBytes * Integer.toUnsignedLong(map.info().spec().maxEntries()), PAGE_BYTES);
        this.address = LibC.mmap(map.fd(), sizeBytes);
        if (address < 0) {
            throw new KernelException(map.operation("map the memory of"),
                    Math.toIntExact(-address));
        }
        this.memory = NativeLibrary.memory(address, sizeBytes);
    }

    void put(KernelElement element) throws KernelException {
        long index = Integer.toUnsignedLong(element.key().intLe(0));
        if (element.key().size() != map.keySize() || element.value().size() != map.valueWidth()) {
            throw new KernelException(map.operation("update", element.key()), Errno.EINVAL,
                    "key or value of another length than the map has");
        }
        if (index >= Integer.toUnsignedLong(map.info().spec().maxEntries())) {
            throw new KernelException(map.operation("update", element.key()), Errno.E2BIG);
        }
        MemorySegment.copy(MemorySegment.ofBuffer(element.value().asByteBuffer()), 0, memory,
                index * strideBytes, element.value().size());
    }

    /** The kernel freezes no map that is still mapped. */
    @Override
    public void close() {
        int result = LibC.munmap(address, sizeBytes);
        if (result < 0) {
            throw new IllegalStateException(map.operation("unmap") + ": errno " + -result);
        }
    }

    private static long roundUp(long size, long unit) {
        return (size + unit - 1) / unit * unit;
    }
}
