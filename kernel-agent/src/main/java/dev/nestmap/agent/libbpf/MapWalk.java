package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.ElementWalk.Page;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place in a map between two pages of a walk. By lookup batches, whose position in hash types is a bucket: elements that come and go
 * do not disturb it, and no key comes twice. Where a type has no batches (ENOTSUPP) or an older kernel stumbles over the empty slots of
 * an outer map (EINTR), key by key: then, and in an LPM trie, a position is a key, and if that was deleted the kernel starts over
 * with the first one. There the walk goes on behind the last key that is still there, keys that came are kept so that none comes twice,
 * and the walk gives up after many times the steps that the map has elements.
 */
final class MapWalk {
    private static final int EINTR = 4;
    private static final int MOST_ELEMENTS = 4096;
    /** So many of the last keys, at least one of which is mostly still there. */
    private static final int RECENT_KEYS = 64;
    private static final int STEPS_PER_ELEMENT = 64;
    /** System calls of one page, where most indexes are empty. */
    private static final int MOST_STEPS = 16_384;

    private final MapFd map;
    private final long maxEntries;
    /** A key that is not there makes the kernel begin anew. */
    private final boolean startsOver;
    private final boolean isTrie;
    private int pageElements;
    private boolean byBatch = true;
    /** What the kernel is to go on behind; null at the beginning. */
    private byte @Nullable [] position;
    /** Empty while no key can come twice. */
    private final Set<Bytes> seen = new HashSet<>();
    /** The last keys that came, the newest last, where a position is a key that may go. */
    private final Deque<Bytes> recent = new ArrayDeque<>();
    private long stepsLeft;

    MapWalk(MapFd map, int pageBytes) {
        this.map = map;
        this.maxEntries = Integer.toUnsignedLong(map.info().spec().maxEntries());
        MapType type = map.info().spec().type();
        this.isTrie = type == MapType.LPM_TRIE;
        this.startsOver = switch (type) {
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH, LPM_TRIE, HASH_OF_MAPS, DEVMAP_HASH,
                    SOCKHASH ->
                true;
            default -> false;
        };
        this.pageElements = Math.clamp(
                pageBytes / (map.keySize() + (long) map.valueWidth() + 1),
                1, Math.clamp(maxEntries, 1, MOST_ELEMENTS));
        this.stepsLeft = STEPS_PER_ELEMENT * (maxEntries + STEPS_PER_ELEMENT);
    }

    Page next(Arena arena) throws KernelException {
        if (byBatch) {
            Page page = batch(arena);
            if (page != null) {
                return page;
            }
            byBatch = false;
            position = null;
        }
        return keyByKey(arena);
    }

    /** Null where the type has no lookup batches. */
    private @Nullable Page batch(Arena arena) throws KernelException {
        MemorySegment count = arena.allocate(JAVA_INT);
        MemorySegment to = arena.allocate(Math.max(JAVA_INT.byteSize(), map.keySize()));
        while (true) {
            step();
            MemorySegment keys = arena.allocate((long) pageElements * map.keySize());
            MemorySegment values = arena.allocate((long) pageElements * map.valueWidth());
            count.set(JAVA_INT, 0, pageElements);
            int errno = -LibBpf.bpf_map_lookup_batch(map.fd(), from(arena), to, keys, values,
                    count, MemorySegment.NULL);
            if (errno == 0 || errno == Errno.ENOENT.number()) {
                position = to.toArray(JAVA_BYTE);
                return new Page(taken(keys, values, count.get(JAVA_INT, 0)), errno != 0);
            }
            if (errno == Errno.ENOSPC.number() && pageElements < 2 * maxEntries) {
                // One bucket holds more than a page: the same position again, with twice the room.
                pageElements *= 2;
            } else if (errno == Errno.ENOTSUPP.number() || errno == EINTR) {
                return null;
            } else {
                throw new KernelException(operation(), errno);
            }
        }
    }

    private List<KernelElement> taken(MemorySegment keys, MemorySegment values, int count) {
        PackedElements page = new PackedElements(count, map.keySize(),
                copy(keys, count, map.keySize()), map.valueWidth(),
                copy(values, count, map.valueWidth()));
        return comesOnce()
                ? page
                : page.stream().filter(element -> isNew(element.key())).toList();
    }

    private static ByteBuffer copy(MemorySegment page, int count, int width) {
        return ByteBuffer.wrap(page.asSlice(0, (long) count * width).toArray(JAVA_BYTE));
    }

    private Page keyByKey(Arena arena) throws KernelException {
        MemorySegment value = arena.allocate(map.valueWidth());
        MemorySegment from = from(arena);
        MemorySegment to = arena.allocate(Math.max(1, map.keySize()));
        MemorySegment spare = arena.allocate(Math.max(1, map.keySize()));
        List<KernelElement> elements = new ArrayList<>();
        for (int steps = 0; steps < MOST_STEPS && elements.size() < pageElements; steps++) {
            step();
            int next = LibBpf.bpf_map_get_next_key(map.fd(), from, to);
            if (next == -Errno.ENOENT.number()) {
                return new Page(elements, true);
            }
            check(next);
            int found = LibBpf.bpf_map_lookup_elem_flags(map.fd(), to, value, 0);
            if (found == 0) {
                Bytes key = slice(to, 0, map.keySize());
                if (isNew(key)) {
                    elements.add(new KernelElement(key, slice(value, 0, map.valueWidth())));
                }
            } else if (found != -Errno.ENOENT.number()) {
                check(found);
            }
            position = to.toArray(JAVA_BYTE);
            MemorySegment free = from.equals(MemorySegment.NULL) ? spare : from;
            from = to;
            to = free;
        }
        return new Page(elements, false);
    }

    /** False for a key that came before. */
    private boolean isNew(Bytes key) {
        if (comesOnce()) {
            return true;
        }
        if (!seen.add(key)) {
            return false;
        }
        recent.addLast(key);
        if (recent.size() > RECENT_KEYS) {
            recent.removeFirst();
        }
        return true;
    }

    /** No key can come twice. */
    private boolean comesOnce() {
        return !startsOver || (byBatch && !isTrie && !isOuter());
    }

    private boolean isOuter() {
        return map.info().spec().type().isOuter();
    }

    /** Where the kernel is to go on. */
    private MemorySegment from(Arena arena) {
        if (position == null) {
            return MemorySegment.NULL;
        }
        if (startsOver && (isTrie || !byBatch)) {
            MemorySegment value = arena.allocate(map.valueWidth());
            while (!recent.isEmpty()) {
                MemorySegment key = arena.allocateFrom(JAVA_BYTE,
                        recent.getLast().toByteArray());
                int found = LibBpf.bpf_map_lookup_elem_flags(map.fd(), key, value, 0);
                if (found != -Errno.ENOENT.number()) {
                    return key;
                }
                recent.removeLast();
            }
        }
        return arena.allocateFrom(JAVA_BYTE, position);
    }

    private void check(int result) throws KernelException {
        if (result < 0) {
            throw new KernelException(operation(), -result);
        }
    }

    private String operation() {
        return map.operation("read");
    }

    private void step() throws KernelException {
        if (stepsLeft-- == 0) {
            throw new KernelException(operation(), Errno.EAGAIN,
                    "others write to it so fast that reading comes to no end");
        }
    }

    private static Bytes slice(MemorySegment page, int index, int width) {
        return MapFd.bytes(page.asSlice((long) index * width, width));
    }
}
