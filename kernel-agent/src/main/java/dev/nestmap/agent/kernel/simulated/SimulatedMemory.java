package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.ArrayMemory;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.UpdateFlags;
import java.nio.ByteBuffer;
import java.util.Set;

/** A copy of an array, which goes back into it at the end where it is for writing: nobody here sees values half written. */
final class SimulatedMemory implements ArrayMemory {
    private static final int ALIGNMENT_BYTES = 8;

    private final SimulatedKernel kernel;
    private final StoredMap map;
    private final boolean forWriting;
    private final ByteBuffer bytes;

    SimulatedMemory(SimulatedKernel kernel, StoredMap map, boolean forWriting) {
        this.kernel = kernel;
        this.map = map;
        this.forWriting = forWriting;
        this.bytes = ByteBuffer.allocate(map.spec.maxEntries() * strideBytes());
        for (int index = 0; index < map.spec.maxEntries(); index++) {
            Bytes value = map.lookup(Bytes.u32le(index)).orElseThrow();
            bytes.put(index * strideBytes(), value.asByteBuffer(), 0, value.size());
        }
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public int strideBytes() {
        return (map.spec.valueSize() + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    }

    @Override
    public void close() {
        if (!forWriting) {
            return;
        }
        synchronized (kernel) {
            for (int index = 0; index < map.spec.maxEntries(); index++) {
                byte[] value = new byte[map.spec.valueSize()];
                bytes.get(index * strideBytes(), value);
                map.update(Bytes.u32le(index), Bytes.wrap(value), UpdateFlags.ANY, Set.of());
            }
        }
    }
}
