package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMapInfo;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The fd of an open map with what is known of the map; lent for the length of one call.
 *
 * @param valueWidth bytes of a value as system calls move it
 * @param writeFlags the flags that every write of elements takes: BPF_F_LOCK where values have a spin lock
 */
record MapFd(int fd, KernelMapInfo info, int valueWidth, long writeFlags) {
    /** The map as messages call it: by its name, or by its id where it has none. */
    static String word(KernelMapInfo info) {
        return info.name().isEmpty() ? "map " + info.id() : '"' + info.name() + '"';
    }

    int keySize() {
        return info.spec().keySize();
    }

    String operation(String verb) {
        return verb + " " + word(info);
    }

    String operation(String verb, Bytes key) {
        return operation(verb) + (key.size() == 0 ? "" : " key " + key);
    }

    /** A key in native memory: NULL where the map has none, as the kernel wants it. */
    MemorySegment key(Arena arena, Bytes key, String operation) throws KernelException {
        checkLength("key", key, "key_size", keySize(), operation);
        return copy(arena, key);
    }

    MemorySegment value(Arena arena, Bytes value, String operation) throws KernelException {
        checkLength("value", value, "values of", valueWidth, operation);
        return copy(arena, value);
    }

    // The kernel reads as many bytes as the map has: a shorter buffer would be read past its end.
    private static void checkLength(String what, Bytes bytes, String rule, int expected,
            String operation) throws KernelException {
        if (bytes.size() != expected) {
            throw new KernelException(operation, Errno.EINVAL,
                    what + " is " + bytes.size() + " bytes, the map has " + rule + " " + expected);
        }
    }

    static Bytes bytes(MemorySegment segment) {
        return Bytes.wrap(segment.toArray(JAVA_BYTE));
    }

    private static MemorySegment copy(Arena arena, Bytes bytes) {
        return bytes.size() == 0
                ? MemorySegment.NULL
                : arena.allocate(bytes.size())
                        .copyFrom(MemorySegment.ofBuffer(bytes.asByteBuffer()));
    }
}
