package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.ArrayMemory;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** An array with BPF_F_MMAPABLE in the memory of this process. Stays there when the map is closed. */
final class MappedArray implements ArrayMemory {
    private static final int ALIGNMENT_BYTES = 8;
    private static final long PAGE_BYTES = 4096;

    private final Arena arena;
    private final ByteBuffer bytes;
    private final int strideBytes;

    private interface Mapping {
        /** The address, or {@code -errno}. */
        long map(int fd, long sizeBytes);
    }

    @SuppressWarnings("MustBeClosedChecker") // close() does
    private MappedArray(MapFd map, Mapping mapping) throws KernelException {
        String operation = map.operation("map the memory of");
        long stride = roundUp(Integer.toUnsignedLong(map.info().spec().valueSize()),
                ALIGNMENT_BYTES);
        long sizeBytes = roundUp(
                Math.multiplyExact(stride, Integer.toUnsignedLong(map.info().spec().maxEntries())),
                PAGE_BYTES);
        if (sizeBytes > Integer.MAX_VALUE) {
            throw new KernelException(operation, Errno.ENOMEM, "it is larger than 2 GiB");
        }
        long address = mapping.map(map.fd(), sizeBytes);
        if (address < 0) {
            throw new KernelException(operation, Math.toIntExact(-address));
        }
        this.strideBytes = (int) stride;
        this.arena = Arena.ofConfined();
        this.bytes = NativeLibrary.memory(address, sizeBytes, arena,
                memory -> unmap(memory, operation)).asByteBuffer();
    }

    static MappedArray forWriting(MapFd map) throws KernelException {
        return new MappedArray(map, LibC::mmapForWriting);
    }

    static MappedArray forReading(MapFd map) throws KernelException {
        return new MappedArray(map, LibC::mmapForReading);
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public int strideBytes() {
        return strideBytes;
    }

    @Override
    public void close() {
        arena.close();
    }

    private static void unmap(MemorySegment memory, String operation) {
        int result = LibC.munmap(memory.address(), memory.byteSize());
        if (result < 0) {
            throw new IllegalStateException("un" + operation + ": errno " + -result);
        }
    }

    private static long roundUp(long size, long unit) {
        return (size + unit - 1) / unit * unit;
    }
}
