package dev.nestmap.agent.pages;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.tree.Pages;
import dev.nestmap.model.tree.Tree;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes elements by batches of bounded size. For one thread, once. */
final class BatchFill {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int CHUNK_ELEMENTS = 16_384;

    /** How keys are stored. */
    enum Keys {
        /** As they are. */
        BYTES,
        /** As big-endian numbers, which system calls take little-endian. */
        INDEXES
    }

    private final KernelMap map;
    private final Keys form;
    private final int keyBytes;
    private final int valueBytes;
    private final int room;
    private final ByteBuffer keys;
    private final ByteBuffer values;
    private int count;

    BatchFill(MapSpec spec, KernelMap map, Keys form) {
        this.map = map;
        this.form = form;
        this.keyBytes = spec.keySize();
        this.valueBytes = spec.valueSize();
        this.room = (int) Math.min(spec.capacity(),
                Math.clamp(CHUNK_BYTES / ((long) keyBytes + valueBytes), 1, CHUNK_ELEMENTS));
        this.keys = ByteBuffer.allocate(room * keyBytes).order(ByteOrder.LITTLE_ENDIAN);
        this.values = ByteBuffer.allocate(room * valueBytes);
    }

    void write(Tree<Bytes> elements) throws KernelException {
        Pages pages = new Pages(elements);
        while (pages.next()) {
            if (!pages.isOf(keyBytes, valueBytes)) {
                throw new IllegalStateException(
                        "a map of keys of %d and values of %d bytes has others"
                                .formatted(keyBytes, valueBytes));
            }
            for (int from = 0; from < pages.count();) {
                int to = Math.min(pages.count(), from + room - count);
                copy(pages, from, to);
                if (count == room) {
                    flush();
                }
                from = to;
            }
        }
        flush();
    }

    private void copy(Pages pages, int from, int to) {
        switch (form) {
            case BYTES -> pages.copyKeys(from, to, keys, count * keyBytes);
            case INDEXES -> {
                for (int i = from; i < to; i++) {
                    keys.putInt((count + i - from) * Integer.BYTES, pages.number(i));
                }
            }
        }
        pages.copyValues(from, to, values, count * valueBytes, valueBytes);
        count += to - from;
    }

    private void flush() throws KernelException {
        map.updateBatch(new PackedElements(count, keyBytes, keys, valueBytes, values)).orThrow();
        count = 0;
    }
}
