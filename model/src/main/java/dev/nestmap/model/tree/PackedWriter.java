package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.Arrays;

/** Writes packed columns, a run of another packed column in one copy. */
final class PackedWriter implements ColumnWriter<Bytes> {
    private byte[] bytes = new byte[512];
    private int[] ends = new int[64];
    private int count;

    int count() {
        return count;
    }

    @Override
    public void add(Bytes item) {
        int start = reserve(item.size(), 1);
        item.copyTo(bytes, start);
        ends[count++] = start + item.size();
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
        int shift = reserve(source.end(to - 1) - source.start(from), to - from)
                - source.start(from);
        source.copyTo(bytes, shift + source.start(from), from, to);
        for (int i = from; i < to; i++) {
            ends[count++] = shift + source.end(i);
        }
    }

    @Override
    public int sizeBytes(int index) {
        return ends[index] - start(index);
    }

    Bytes get(int index) {
        return Bytes.copyOfRange(bytes, start(index), ends[index]);
    }

    @Override
    public PackedColumn take(int taken) {
        int cut = start(taken);
        PackedColumn column = PackedColumn.of(Arrays.copyOf(bytes, cut),
                Arrays.copyOf(ends, taken));
        System.arraycopy(bytes, cut, bytes, 0, start(count) - cut);
        for (int i = taken; i < count; i++) {
            ends[i - taken] = ends[i] - cut;
        }
        count -= taken;
        return column;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /** Makes room and gives the offset at which the next string starts. */
    private int reserve(int moreBytes, int moreItems) {
        int start = start(count);
        if (Math.addExact(start, moreBytes) > bytes.length) {
            bytes = Arrays.copyOf(bytes,
                    (int) Math.min(Integer.MAX_VALUE - 8L, 2L * (start + moreBytes)));
        }
        if (count + moreItems > ends.length) {
            ends = Arrays.copyOf(ends, 2 * (count + moreItems));
        }
        return start;
    }
}
