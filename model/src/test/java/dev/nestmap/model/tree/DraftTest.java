package dev.nestmap.model.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DraftTest {
    private static final long SEED = 7;

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @EnumSource
    void readsSeePendingEdits(Shape shape) {
        Random random = new Random(SEED);
        TreeMap<Bytes, Bytes> model = new TreeMap<>();
        Tree<Bytes> base = Tree.ofBytes();
        for (int round = 0; round < 30; round++) {
            Draft<Bytes> draft = base.draft();
            for (int i = 0; i < 200; i++) {
                Bytes key = shape.key(random);
                if (random.nextInt(5) < 3) {
                    Bytes value = shape.value(random);
                    model.put(key, value);
                    draft.put(key, value);
                } else {
                    model.remove(key);
                    draft.remove(key);
                }
                assertReadsAlike(model, draft, shape.key(random));
                assertReadsAlike(model, draft, key);
            }
            Tree<Bytes> built = draft.build();
            assertEquals(Tree.ofBytes().edit(new TreeMap<>(model)), built);
            assertSame(built, draft.build());
            base = built;
        }
    }

    @Test
    void aDroppedDraftLeavesItsBaseAsItWas() {
        Tree<Bytes> base = TreeTest.numbered(1_000);
        Draft<Bytes> draft = base.draft();
        draft.put(Bytes.u64be(5), Bytes.of(1));
        draft.remove(Bytes.u64be(6));
        assertEquals(999, draft.size());
        assertEquals(TreeTest.numbered(1_000), base);
    }

    @Test
    void aDraftWhoseEditsCancelGivesTheVeryBase() {
        Tree<Bytes> base = TreeTest.numbered(1_000);
        Draft<Bytes> draft = base.draft();
        draft.put(Bytes.u64be(5_000), Bytes.of(1));
        draft.remove(Bytes.u64be(5_000));
        draft.remove(Bytes.u64be(7));
        draft.put(Bytes.u64be(7), Bytes.u64le(7));
        assertSame(base, draft.build());
    }

    @Test
    void aMapCanBeEmptiedFirstKeyByFirstKey() {
        Draft<Bytes> draft = TreeTest.numbered(1_000).draft();
        List<Bytes> removed = new ArrayList<>();
        for (Bytes first = draft.firstKey(); first != null; first = draft.firstKey()) {
            removed.add(first);
            draft.remove(first);
        }
        assertEquals(1_000, removed.size());
        assertEquals(Bytes.u64be(999), removed.getLast());
        assertEquals(Tree.ofBytes(), draft.build());
    }

    @Test
    void theEmptyKeyIsTheFirst() {
        Draft<Bytes> draft = TreeTest.numbered(3).draft();
        draft.put(Bytes.empty(), Bytes.of(1));
        assertEquals(Bytes.empty(), draft.firstKey());
        assertEquals(Bytes.u64be(0), draft.higherKey(Bytes.empty()));
        draft.remove(Bytes.empty());
        assertEquals(Bytes.u64be(0), draft.firstKey());
        assertNull(Tree.ofBytes().draft().firstKey());
    }

    private static void assertReadsAlike(NavigableMap<Bytes, Bytes> model, Draft<Bytes> draft,
            Bytes key) {
        assertEquals(model.size(), draft.size());
        assertEquals(model.isEmpty(), draft.isEmpty());
        assertEquals(model.get(key), draft.get(key));
        assertEquals(model.containsKey(key), draft.containsKey(key));
        assertEquals(model.higherKey(key), draft.higherKey(key));
        @Nullable
        Bytes first = model.isEmpty() ? null : model.firstKey();
        assertEquals(first, draft.firstKey());
    }
}
