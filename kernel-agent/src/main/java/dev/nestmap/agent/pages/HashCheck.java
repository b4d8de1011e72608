package dev.nestmap.agent.pages;

import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.agent.kernel.PageReader;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.PackedIndex;
import dev.nestmap.model.tree.Tree;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;

/** Compares a hash, whose elements come in no order, with those that it should hold. For one thread, once. */
final class HashCheck implements PageReader {
    private final PackedIndex wanted;
    private final long size;
    /** Others may write meanwhile, and a key may then come twice. */
    private final BitSet seen = new BitSet();
    private boolean differs;

    HashCheck(Tree<Bytes> elements) {
        this.wanted = new PackedIndex(elements, ThreadLocalRandom.current().nextInt());
        this.size = elements.size();
    }

    @Override
    public boolean take(PackedElements page) {
        for (int i = 0; i < page.size() && !differs; i++) {
            int found = wanted.find(page.keys(), i * page.keyBytes(), page.keyBytes());
            if (found == PackedIndex.ABSENT || !wanted.holds(found, page.values(),
                    i * page.valueBytes(), page.valueBytes())) {
                differs = true;
            } else {
                seen.set(found);
            }
        }
        return !differs;
    }

    /** Whether all that was read is wanted, and nothing is missing. */
    boolean holdsAll() {
        return !differs && seen.cardinality() == size;
    }
}
