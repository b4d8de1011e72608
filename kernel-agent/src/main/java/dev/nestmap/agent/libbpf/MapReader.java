package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.agent.kernel.PageReader;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads a whole map while others may write: by batches, or key by key where the type has none (ENOTSUPP) or an
 * older kernel stumbles over the empty slots of an outer map (EINTR).
 *
 * <p>In hash types a key that vanished makes next_key start over, and so does an LPM trie between two pages. The reader gives up
 * after many times the steps that the map has elements; to tell keys apart is left to who takes them.
 */
final class MapReader {
    private static final int EINTR = 4;
    private static final int PAGE_BYTES = 1 << 20;
    private static final int MAX_PAGE_ELEMENTS = 16384;

    private final MapFd map;
    private final Arena arena;
    private final String operation;
    private final long maxEntries;
    private long stepsLeft;

    /** Reads once. The arena must outlive that. */
    MapReader(MapFd map, Arena arena) {
        this.map = map;
        this.arena = arena;
        this.operation = map.operation("read all of");
        this.maxEntries = Integer.toUnsignedLong(map.info().spec().maxEntries());
        this.stepsLeft = 8 * maxEntries + 64;
    }

    /** Reads until the end, or until nothing more is wanted. */
    void read(PageReader reader) throws KernelException {
        if (!readBatches(reader)) {
            walk(reader);
        }
    }

    /** False where the type has no lookup batches. */
    private boolean readBatches(PageReader reader) throws KernelException {
        long fitting = PAGE_BYTES / (map.keySize() + (long) map.valueWidth() + 1);
        int page = Math.clamp(Math.min(fitting, maxEntries), 1, MAX_PAGE_ELEMENTS);
        MemorySegment keys = arena.allocate((long) page * map.keySize());
        MemorySegment values = arena.allocate((long) page * map.valueWidth());
        MemorySegment count = arena.allocate(JAVA_INT);
        // A position is a key or, in hash types, the number of a bucket.
        long positionBytes = Math.max(JAVA_INT.byteSize(), map.keySize());
        Cursor cursor = new Cursor(positionBytes);
        while (true) {
            step();
            count.set(JAVA_INT, 0, page);
            int errno = -LibBpf.bpf_map_lookup_batch(map.fd(), cursor.from, cursor.to, keys, values,
                    count, MemorySegment.NULL);
            if (errno == 0 || errno == Errno.ENOENT.number()) {
                int read = count.get(JAVA_INT, 0);
                if ((read > 0 && !reader.take(page(read, keys, values))) || errno != 0) {
                    return true;
                }
                cursor.advance();
            } else if (errno == Errno.ENOSPC.number() && page < 2 * maxEntries) {
                // One bucket holds more than a page: the same position again, with twice the room.
                page *= 2;
                keys = arena.allocate((long) page * map.keySize());
                values = arena.allocate((long) page * map.valueWidth());
            } else if (errno == Errno.ENOTSUPP.number() || errno == EINTR) {
                return false;
            } else {
                throw new KernelException(operation, errno);
            }
        }
    }

    private PackedElements page(int count, MemorySegment keys, MemorySegment values) {
        return new PackedElements(count, map.keySize(), keys.asByteBuffer(), map.valueWidth(),
                values.asByteBuffer());
    }

    private void walk(PageReader reader) throws KernelException {
        MemorySegment value = arena.allocate(map.valueWidth());
        Cursor cursor = new Cursor(Math.max(1, map.keySize()));
        while (true) {
            step();
            int next = LibBpf.bpf_map_get_next_key(map.fd(), cursor.from, cursor.to);
            if (next == -Errno.ENOENT.number()) {
                return;
            }
            if (next < 0) {
                throw new KernelException(operation, -next);
            }
            int found = LibBpf.bpf_map_lookup_elem_flags(map.fd(), cursor.to, value, 0);
            if (found == 0) {
                if (!reader.take(page(1, cursor.to, value))) {
                    return;
                }
            } else if (found != -Errno.ENOENT.number()) {
                throw new KernelException(operation, -found);
            }
            cursor.advance();
        }
    }

    private void step() throws KernelException {
        if (stepsLeft-- == 0) {
            throw new KernelException(operation, Errno.EAGAIN,
                    "others write to it so fast that reading comes to no end");
        }
    }

    /** Where the last call left off: NULL before the first. */
    private final class Cursor {
        private MemorySegment from = MemorySegment.NULL;
        private MemorySegment to;
        private MemorySegment spare;

        Cursor(long sizeBytes) {
            to = arena.allocate(sizeBytes);
            spare = arena.allocate(sizeBytes);
        }

        void advance() {
            from = to;
            to = spare;
            spare = from;
        }
    }
}
