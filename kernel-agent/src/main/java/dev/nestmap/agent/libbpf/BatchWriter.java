package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.BatchOutcome;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/** One batch of writes to a map, page by page; one by one where the type knows no batches. */
final class BatchWriter {
    /** Nothing is gained past some dozens of elements; this bounds the memory. */
    private static final int PAGE_BYTES = 1 << 20;

    enum Verb {
        UPDATE("update"), DELETE("delete from");

        private final String word;

        Verb(String word) {
            this.word = word;
        }
    }

    /** The elements from the page's start that took effect, and what stopped it: 0 for nothing. */
    private record Progress(int done, int errno) {}

    private final MapFd map;
    private final Verb verb;
    private final List<KernelElement> elements;
    private final int valueWidth;
    private final int pageElements;
    private final MemorySegment keys;
    private final MemorySegment values;
    private final MemorySegment count;
    private final MemorySegment updateOptions;

    /** The arena must outlive the call of {@link #write}. For DELETE the values are not looked at. */
    BatchWriter(MapFd map, Verb verb, Arena arena, List<KernelElement> elements) {
        this.map = map;
        this.verb = verb;
        this.elements = elements;
        this.valueWidth = verb == Verb.UPDATE ? map.valueWidth() : 0;
        // Slots are one page whatever their number: each call on an outer map waits for a grace period.
        this.pageElements = map.info().spec().type().isOuter()
                ? elements.size()
                : Math.clamp(PAGE_BYTES / (map.keySize() + valueWidth + 1L), 1,
                        Math.max(1, elements.size()));
        this.keys = arena.allocate((long) pageElements * map.keySize());
        this.values = arena.allocate((long) pageElements * valueWidth);
        this.count = arena.allocate(JAVA_INT);
        this.updateOptions = BpfStructs.batchOptions(arena, map.writeFlags());
    }

    BatchOutcome write() {
        boolean batches = true;
        int done = 0;
        while (done < elements.size()) {
            int size = fillPage(done);
            if (size == 0) {
                return BatchOutcome.stopped(done, wrongLength(done));
            }
            Progress page = batches ? writeBatch(size) : writeSingly(size);
            done += page.done();
            if (batches && page.errno() == Errno.ENOTSUPP.number()) {
                batches = false;
            } else if (page.errno() != 0) {
                return BatchOutcome.stopped(done,
                        new KernelException(operation(done), page.errno()));
            }
        }
        return BatchOutcome.complete(done);
    }

    /**
     * Copies elements from an index until the page is full or an element has a wrong length; gives their
     * number.
     */
    private int fillPage(int from) {
        int limit = Math.min(pageElements, elements.size() - from);
        if (elements instanceof PackedElements packed && packed.keyBytes() == map.keySize()
                && packed.valueBytes() == valueWidth) {
            put(keys, packed.keys(), from, limit, map.keySize());
            put(values, packed.values(), from, limit, valueWidth);
            return limit;
        }
        int size = 0;
        while (size < limit && hasRightLength(elements.get(from + size))) {
            KernelElement element = elements.get(from + size);
            put(keys, size, element.key());
            if (verb == Verb.UPDATE) {
                put(values, size, element.value());
            }
            size++;
        }
        return size;
    }

    private Progress writeBatch(int size) {
        count.set(JAVA_INT, 0, size);
        // Element flags cannot be ANY, NOEXIST or EXIST in a batch.
        int result = switch (verb) {
            case UPDATE ->
                LibBpf.bpf_map_update_batch(map.fd(), keys, values, count, updateOptions);
            case DELETE -> LibBpf.bpf_map_delete_batch(map.fd(), keys, count, MemorySegment.NULL);
        };
        if (result == 0) {
            return new Progress(size, 0);
        }
        // A batch that is refused as a whole (EPERM, ENOTSUPP, early ENOMEM) leaves count as it was given.
        int done = count.get(JAVA_INT, 0);
        return new Progress(done < size ? done : 0, -result);
    }

    private Progress writeSingly(int size) {
        for (int i = 0; i < size; i++) {
            // A queue has no keys, and the kernel takes none but NULL.
            MemorySegment key = map.keySize() == 0
                    ? MemorySegment.NULL
                    : keys.asSlice((long) i * map.keySize());
            int result = switch (verb) {
                case UPDATE -> LibBpf.bpf_map_update_elem(map.fd(), key,
                        values.asSlice((long) i * valueWidth), map.writeFlags());
                case DELETE -> LibBpf.bpf_map_delete_elem(map.fd(), key);
            };
            if (result < 0) {
                return new Progress(i, -result);
            }
        }
        return new Progress(size, 0);
    }

    private boolean hasRightLength(KernelElement element) {
        return element.key().size() == map.keySize()
                && (verb == Verb.DELETE || element.value().size() == valueWidth);
    }

    private KernelException wrongLength(int index) {
        KernelElement element = elements.get(index);
        String rule = element.key().size() == map.keySize()
                ? "value is " + element.value().size() + " bytes, the map has values of "
                        + valueWidth
                : "key is " + element.key().size() + " bytes, the map has key_size "
                        + map.keySize();
        return new KernelException(operation(index), Errno.EINVAL, rule);
    }

    private String operation(int index) {
        return map.operation(verb.word, elements.get(index).key()) + " (element " + (index + 1)
                + " of a batch of " + elements.size() + ")";
    }

    private static void put(MemorySegment page, ByteBuffer packed, int from, int count,
            int width) {
        MemorySegment.copy(MemorySegment.ofBuffer(packed), (long) from * width, page, 0,
                (long) count * width);
    }

    private static void put(MemorySegment page, int index, Bytes bytes) {
        MemorySegment.copy(MemorySegment.ofBuffer(bytes.asByteBuffer()), 0, page,
                (long) index * bytes.size(), bytes.size());
    }
}
