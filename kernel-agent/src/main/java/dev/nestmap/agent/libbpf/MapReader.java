package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRules;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a whole map while others may write: by batches, or key by key where the type has none (ENOTSUPP) or an
 * older kernel stumbles over the empty slots of an outer map (EINTR).
 *
 * <p>In hash types a key that vanished makes next_key start over, and so does an LPM trie between two pages.
 * Keys are therefore told apart, and the reader gives up after many times the steps that the map has elements.
 */
final class MapReader {
    private static final int EINTR = 4;
    private static final int PAGE_BYTES = 1 << 20;
    private static final int MAX_PAGE_ELEMENTS = 16384;

    private final MapFd map;
    private final Arena arena;
    private final String operation;
    private final long maxEntries;
    private final Map<Bytes, Bytes> elements = new LinkedHashMap<>();
    /** Of an array, whose indexes come one after the other and each once. */
    private final List<KernelElement> inOrder = new ArrayList<>();
    private final boolean isArray;
    private long stepsLeft;

    /** Reads once. The arena must outlive that. */
    MapReader(MapFd map, Arena arena) {
        this.map = map;
        this.arena = arena;
        this.operation = map.operation("read all of");
        this.isArray = MapRules.isDense(map.info().spec().type());
        this.maxEntries = Integer.toUnsignedLong(map.info().spec().maxEntries());
        this.stepsLeft = 8 * maxEntries + 64;
    }

    List<KernelElement> readAll() throws KernelException {
        if (!readBatches()) {
            walk();
        }
        if (!inOrder.isEmpty()) {
            return inOrder;
        }
        List<KernelElement> all = new ArrayList<>(elements.size());
        elements.forEach((key, value) -> all.add(new KernelElement(key, value)));
        return all;
    }

    /** False where the type has no lookup batches. */
    private boolean readBatches() throws KernelException {
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
                take(keys, values, count.get(JAVA_INT, 0));
                if (errno != 0) {
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

    private void take(MemorySegment keys, MemorySegment values, int count) {
        if (!isArray) {
            for (int i = 0; i < count; i++) {
                elements.put(slice(keys, i, map.keySize()), slice(values, i, map.valueWidth()));
            }
            return;
        }
        int keySize = map.keySize();
        int valueWidth = map.valueWidth();
        Bytes allKeys = slice(keys, 0, count * keySize);
        Bytes allValues = slice(values, 0, count * valueWidth);
        for (int i = 0; i < count; i++) {
            inOrder.add(new KernelElement(allKeys.slice(i * keySize, (i + 1) * keySize),
                    allValues.slice(i * valueWidth, (i + 1) * valueWidth)));
        }
    }

    private void walk() throws KernelException {
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
                elements.put(slice(cursor.to, 0, map.keySize()), slice(value, 0, map.valueWidth()));
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

    private static Bytes slice(MemorySegment page, int index, int width) {
        return MapFd.bytes(page.asSlice((long) index * width, width));
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
