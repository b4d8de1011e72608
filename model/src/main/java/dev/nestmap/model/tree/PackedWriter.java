package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes packed columns, a run of another packed column in one copy; keeps offsets from the first
 * string of another width on.
 */
final class PackedWriter implements ColumnWriter<Bytes> {
    private byte[] bytes = new byte[512];
    private int sizeBytes;
    private int count;
    /** The width of every string while there are no offsets. */
    private int width;
    private int @Nullable [] ends;

    int count() {
        return count;
    }

    @Override
    public void add(Bytes item) {
        reserve(item.size(), 1, item.size());
        item.copyTo(bytes, sizeBytes);
        sizeBytes += item.size();
        if (ends != null) {
            ends[count] = sizeBytes;
        }
        count++;
    }

    @Override
    public void addRange(Column<Bytes> source, int from, int to) {
        switch (source) {
            case PackedColumn packed -> addPacked(packed, from, to);
            case ReferenceColumn<Bytes> references -> {
                for (int i = from; i < to; i++) {
                    add(references.get(i));
                }
            }
        }
    }

    private void addPacked(PackedColumn source, int from, int to) {
        if (from == to) {
            return;
        }
        int added = source.end(to - 1) - source.start(from);
        reserve(added, to - from, source.width());
        source.copyTo(bytes, sizeBytes, from, to);
        if (ends != null) {
            int shift = sizeBytes - source.start(from);
            for (int i = from; i < to; i++) {
                ends[count + i - from] = shift + source.end(i);
            }
        }
        sizeBytes += added;
        count += to - from;
    }

    @Override
    public int sizeBytes(int index) {
        return ends == null ? width : ends[index] - start(index);
    }

    Bytes get(int index) {
        return Bytes.copyOfRange(bytes, start(index), start(index + 1));
    }

    @Override
    public PackedColumn take(int taken) {
        int cut = start(taken);
        byte[] head = Arrays.copyOf(bytes, cut);
        PackedColumn column = ends == null && width > 0
                ? PackedColumn.ofWidth(head, width)
                : PackedColumn.of(head, ends == null ? new int[taken] : Arrays.copyOf(ends, taken));
        System.arraycopy(bytes, cut, bytes, 0, sizeBytes - cut);
        if (ends != null) {
            for (int i = taken; i < count; i++) {
                ends[i - taken] = ends[i] - cut;
            }
        }
        sizeBytes -= cut;
        count -= taken;
        return column;
    }

    private int start(int index) {
        return ends == null ? index * width : index == 0 ? 0 : ends[index - 1];
    }

    /** Makes room, for offsets too where the new strings are not of the width of those before. */
    private void reserve(int moreBytes, int moreItems, int newWidth) {
        if (Math.addExact(sizeBytes, moreBytes) > bytes.length) {
            bytes = Arrays.copyOf(bytes,
                    (int) Math.min(Integer.MAX_VALUE - 8L, 2L * (sizeBytes + moreBytes)));
        }
        if (ends == null) {
            width = count == 0 ? newWidth : width;
            // A packed source tells no width where it has several, or none: empty strings.
            if (newWidth == width && (width > 0 || moreBytes == 0)) {
                return;
            }
            ends = new int[2 * (count + moreItems)];
            Arrays.setAll(ends, i -> (i + 1) * width);
        } else if (count + moreItems > ends.length) {
            ends = Arrays.copyOf(ends, 2 * (count + moreItems));
        }
    }
}
