package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.agent.kernel.PageReader;
import java.nio.ByteBuffer;
import java.util.List;

/** Gives elements as a kernel gives them: some at a time, packed. */
final class SimulatedPages {
    /** Few, so that readers of pages meet several. */
    private static final int PAGE_ELEMENTS = 100;

    private SimulatedPages() {}

    static void give(List<KernelElement> all, int keyBytes, int valueBytes, PageReader reader) {
        boolean more = true;
        for (int from = 0; more && from < all.size(); from += PAGE_ELEMENTS) {
            more = reader.take(packed(
                    all.subList(from, Math.min(from + PAGE_ELEMENTS, all.size())), keyBytes,
                    valueBytes));
        }
    }

    static PackedElements packed(List<KernelElement> elements, int keyBytes,
            int valueBytes) {
        ByteBuffer keys = ByteBuffer.allocate(elements.size() * keyBytes);
        ByteBuffer values = ByteBuffer.allocate(elements.size() * valueBytes);
        for (KernelElement element : elements) {
            keys.put(element.key().asByteBuffer());
            values.put(element.value().asByteBuffer());
        }
        return new PackedElements(elements.size(), keyBytes, keys.flip(), valueBytes,
                values.flip());
    }
}
