package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.tree.PackedDifference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Collects elements to be written in chunks of bounded size, packed where they come so. For one thread, once. */
final class WriteChunks {
    /** Bounds what a step prints and what is tried anew when one fails. */
    private static final int CHUNK_ELEMENTS = 4096;
    private static final int CHUNK_BYTES = 1 << 20;

    private final boolean areIndexed;
    private final int keyBytes;
    private final int valueBytes;
    private final int room;
    private final List<List<KernelElement>> chunks = new ArrayList<>();
    private List<KernelElement> some = new ArrayList<>();
    private ByteBuffer keys = ByteBuffer.allocate(0);
    private ByteBuffer values = keys;
    private int packed;

    WriteChunks(MapSpec spec) {
        this.areIndexed = MapRules.isIndexed(spec.type());
        this.keyBytes = spec.keySize();
        this.valueBytes = spec.valueSize();
        this.room = Math.clamp(CHUNK_BYTES / ((long) keyBytes + valueBytes + 1), 1,
                CHUNK_ELEMENTS);
    }

    void add(KernelElement element) {
        some.add(element);
        if (some.size() == room) {
            chunks.add(some);
            some = new ArrayList<>();
        }
    }

    /** The element of a change, of a map whose elements are stored as system calls move them. */
    void add(PackedDifference change) {
        if ((packed + 1) * keyBytes > keys.capacity()) {
            int places = Math.min(room, Math.max(16, 4 * packed));
            keys = grown(keys, places * keyBytes);
            values = grown(values, places * valueBytes);
        }
        change.copyKey(keys, packed * keyBytes);
        change.copyValue(values, packed * valueBytes);
        if (areIndexed) {
            // Stored most significant byte first.
            keys.putInt(packed * keyBytes, Integer.reverseBytes(keys.getInt(packed * keyBytes)));
        }
        packed++;
        if (packed == room) {
            flush();
        }
    }

    List<List<KernelElement>> chunks() {
        flush();
        if (!some.isEmpty()) {
            chunks.add(some);
            some = new ArrayList<>();
        }
        return chunks;
    }

    private void flush() {
        if (packed > 0) {
            chunks.add(new PackedElements(packed, keyBytes, keys, valueBytes, values));
            packed = 0;
            keys = ByteBuffer.allocate(0);
            values = keys;
        }
    }

    private static ByteBuffer grown(ByteBuffer buffer, int sizeBytes) {
        return ByteBuffer.allocate(sizeBytes)
                .order(ByteOrder.nativeOrder())
                .put(0, buffer, 0,
                        buffer.capacity());
    }
}
