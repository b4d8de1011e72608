package dev.nestmap.client.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Memory outside of the heap that a thread lets the kernel write into; there while this is reachable. */
final class Scratch {
    /** More than what processors take from one another at once. */
    private static final long BYTES = 128;

    private final MemorySegment memory;

    private Scratch(MemorySegment memory) {
        this.memory = memory;
    }

    /** Pieces for so many threads. */
    static Stream<Scratch> pieces(int count) {
        // Freed when the last piece is unreachable.
        MemorySegment all = Arena.ofAuto().allocate(count * BYTES, BYTES);
        return IntStream.range(0, count)
                .mapToObj(i -> new Scratch(all.asSlice(i * BYTES, BYTES)));
    }

    /** For a thread that has none. */
    static Scratch none() {
        return new Scratch(MemorySegment.NULL);
    }

    /** Where it begins; 0: there is none. */
    long address() {
        return memory.address();
    }
}
