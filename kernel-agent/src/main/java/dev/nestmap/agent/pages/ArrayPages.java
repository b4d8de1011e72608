package dev.nestmap.agent.pages;

import dev.nestmap.agent.kernel.ArrayMemory;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.tree.Pages;
import dev.nestmap.model.tree.Tree;
import java.nio.ByteBuffer;

/**
 * Compares an array with elements, of which the store keeps those that are not zero, from the first index on: a walk along both, page
 * by page of the array and leaf by leaf of the tree. For one thread, once.
 */
final class ArrayPages {
    private final Pages pages;
    private final long capacity;
    private final int valueBytes;
    /** The element of the leaf that comes next; its count where the next leaf does. */
    private int position;
    private boolean isBehindLast;
    /** The index that comes next; beyond the capacity where something differed. */
    private long next;

    ArrayPages(Tree<Bytes> elements, MapSpec spec) {
        this.pages = new Pages(elements);
        this.capacity = spec.capacity();
        this.valueBytes = spec.valueSize();
        isBehindLast = !pages.next();
    }

    /** Writes elements into an array of zeros. */
    static void write(Tree<Bytes> elements, ArrayMemory memory, MapSpec spec)
            throws KernelException {
        Pages pages = new Pages(elements);
        while (pages.next()) {
            checkSizes(pages, spec.valueSize());
            if (Integer.toUnsignedLong(pages.number(pages.count() - 1)) >= spec.capacity()) {
                throw new KernelException("write " + spec.ref(), Errno.E2BIG);
            }
            for (int from = 0; from < pages.count();) {
                int to = from + pages.run(from);
                pages.copyValues(from, to, memory.bytes(),
                        pages.number(from) * memory.strideBytes(), memory.strideBytes());
                from = to;
            }
        }
    }

    /**
     * Whether the indexes that come next hold what they should.
     *
     * @param values of so many indexes, each a stride behind the one before
     */
    boolean isNext(int count, ByteBuffer values, int strideBytes) {
        long end = next + count;
        long from = next;
        // Until the end is reached without a difference.
        next = Long.MAX_VALUE;
        for (long at = from; at < end;) {
            long wanted = isBehindLast
                    ? end
                    : Math.min(end, Integer.toUnsignedLong(pages.number(position)));
            for (; at < wanted; at++) {
                if (!isZero(values, (int) (at - from) * strideBytes)) {
                    return false;
                }
            }
            if (at < end) {
                checkSizes(pages, valueBytes);
                int run = (int) Math.min(pages.run(position), end - at);
                if (!pages.holds(position, position + run, values,
                        (int) (at - from) * strideBytes, strideBytes)) {
                    return false;
                }
                at += run;
                pass(run);
            }
        }
        next = end;
        return true;
    }

    /** Whether all indexes were seen, and hold what they should. */
    boolean isAtEnd() {
        return next == capacity && isBehindLast;
    }

    private void pass(int count) {
        position += count;
        if (position == pages.count()) {
            position = 0;
            isBehindLast = !pages.next();
        }
    }

    private boolean isZero(ByteBuffer values, int from) {
        int at = from;
        for (; at <= from + valueBytes - Long.BYTES; at += Long.BYTES) {
            if (values.getLong(at) != 0) {
                return false;
            }
        }
        for (; at < from + valueBytes; at++) {
            if (values.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void checkSizes(Pages pages, int valueBytes) {
        if (!pages.isOf(Integer.BYTES, valueBytes)) {
            throw new IllegalStateException(
                    "an array of values of %d bytes has others".formatted(valueBytes));
        }
    }
}
