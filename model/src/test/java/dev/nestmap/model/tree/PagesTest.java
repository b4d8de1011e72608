package dev.nestmap.model.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees in bulk against the same trees element by element; values of four bytes, of others, and held by reference. */
final class PagesTest {
    private static final int KEYS = 5_000;

    private final Random random = new Random(7);

    private Tree<Bytes> tree(int valueBytes, int count) {
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            elements.put(Bytes.u32be(random.nextInt(KEYS)), value(valueBytes));
        }
        return Tree.ofBytes().edit(elements);
    }

    private Bytes value(int valueBytes) {
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        return Bytes.wrap(value);
    }

    private static Bytes at(ByteBuffer buffer, int at, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        buffer.get(at, bytes);
        return Bytes.wrap(bytes);
    }

    private static List<Entry<Bytes>> entries(Tree<Bytes> tree) {
        List<Entry<Bytes>> entries = new ArrayList<>();
        tree.forEach(entries::add);
        return entries;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 8, 13, 300})
    void whatIsCopiedIsWhatTheTreeHolds(int valueBytes) {
        for (int count : new int[]{0, 1, 100, 20_000}) {
            Tree<Bytes> tree = tree(valueBytes, count);
            int stride = count % 3 == 2 ? 2 * valueBytes : valueBytes + count % 3;
            ByteBuffer keys = ByteBuffer.allocate((int) tree.size() * 4);
            ByteBuffer values = ByteBuffer.allocateDirect((int) tree.size() * stride + 64);
            Pages pages = new Pages(tree);
            int done = 0;
            while (pages.next()) {
                assertTrue(pages.isOf(4, valueBytes));
                assertFalse(pages.isOf(4, valueBytes + 1));
                assertFalse(pages.isOf(5, valueBytes));
                int middle = random.nextInt(pages.count() + 1);
                for (int[] range : new int[][]{{0, middle}, {middle, pages.count()}}) {
                    pages.copyKeys(range[0], range[1], keys, (done + range[0]) * 4);
                    pages.copyValues(range[0], range[1], values, (done + range[0]) * stride,
                            stride);
                    assertTrue(pages.holds(range[0], range[1], values,
                            (done + range[0]) * stride, stride));
                }
                done += pages.count();
            }
            assertFalse(pages.next());
            List<Entry<Bytes>> copied = new ArrayList<>();
            for (int i = 0; i < done; i++) {
                copied.add(new Entry<>(at(keys, i * 4, 4), at(values, i * stride, valueBytes)));
            }
            assertEquals(entries(tree), copied);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 13, 300})
    void oneOtherBitIsADifference(int valueBytes) {
        for (int stride : new int[]{valueBytes, valueBytes + 3, 2 * valueBytes}) {
            Pages pages = new Pages(tree(valueBytes, 3_000));
            while (pages.next()) {
                ByteBuffer values = ByteBuffer.allocate(pages.count() * stride);
                pages.copyValues(0, pages.count(), values, 0, stride);
                int changed = random.nextInt(pages.count());
                int at = changed * stride + random.nextInt(valueBytes);
                values.put(at, (byte) (values.get(at) ^ 1 << random.nextInt(8)));
                assertFalse(pages.holds(0, pages.count(), values, 0, stride));
                assertTrue(pages.holds(0, changed, values, 0, stride));
            }
        }
    }

    @Test
    void runsOfNumbersAreTold() {
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        for (int i = 0; i < 3_000; i++) {
            // Numbers that are negative as signed ones too; a gap now and then.
            elements.put(Bytes.u32be(Integer.MAX_VALUE - 1_500 + i + i / 700), Bytes.of(1));
        }
        Pages pages = new Pages(Tree.ofBytes().edit(elements));
        long expected = Integer.toUnsignedLong(Integer.MAX_VALUE - 1_500);
        List<Long> numbers = new ArrayList<>();
        while (pages.next()) {
            for (int i = 0; i < pages.count();) {
                int run = pages.run(i);
                for (int j = 0; j < run; j++) {
                    assertEquals(pages.number(i) + j, pages.number(i + j));
                    numbers.add(Integer.toUnsignedLong(pages.number(i + j)));
                }
                i += run;
            }
        }
        assertEquals(3_000, numbers.size());
        assertNotEquals(0, pages.seen());
        assertEquals(expected, numbers.getFirst());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 13, 300})
    void anIndexFindsEveryElementAndNoOther(int valueBytes) {
        for (int count : new int[]{0, 1, 2, 3, 64, 10_000}) {
            Tree<Bytes> tree = tree(valueBytes, count);
            PackedIndex index = new PackedIndex(tree, random.nextInt());
            for (int i = 0; i < KEYS; i++) {
                ByteBuffer key = ByteBuffer.allocate(9).putInt(3, i);
                Bytes wanted = tree.get(Bytes.u32be(i));
                int found = index.find(key, 3, 4);
                assertEquals(wanted != null, found != PackedIndex.ABSENT, "key " + i);
                if (wanted != null) {
                    ByteBuffer value = ByteBuffer.allocateDirect(valueBytes + 2)
                            .put(2, wanted.toByteArray());
                    assertTrue(index.holds(found, value, 2, valueBytes));
                    value.put(2 + i % valueBytes, (byte) ~value.get(2 + i % valueBytes));
                    assertFalse(index.holds(found, value, 2, valueBytes));
                }
            }
            assertEquals(PackedIndex.ABSENT, index.find(ByteBuffer.allocate(5), 0, 5));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 13, 300})
    void aPackedDifferenceTellsWhatADifferenceTells(int valueBytes) {
        for (int edited : new int[]{0, 1, 50, 4_000}) {
            Tree<Bytes> before = tree(valueBytes, 3_000);
            TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
            for (int i = 0; i < edited; i++) {
                edits.put(Bytes.u32be(random.nextInt(KEYS)),
                        random.nextInt(4) == 0 ? null : value(valueBytes));
            }
            for (Tree<Bytes> after : List.of(before.edit(edits), tree(valueBytes, edited))) {
                List<Change<Bytes>> expected = new ArrayList<>();
                Tree.difference(before, after).forEach(expected::add);
                assertEquals(expected, packed(before, after, valueBytes));
            }
        }
    }

    private static List<Change<Bytes>> packed(Tree<Bytes> before, Tree<Bytes> after,
            int valueBytes) {
        PackedDifference difference = new PackedDifference(before, after);
        List<Change<Bytes>> found = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate(4 + valueBytes);
        while (difference.next()) {
            difference.copyKey(buffer, 0);
            Bytes key = at(buffer, 0, 4);
            assertEquals(key, difference.key());
            if (!difference.isRemoved()) {
                difference.copyValue(buffer, 4);
            }
            found.add(new Change<>(key, difference.isAdded() ? null : before.get(key),
                    difference.isRemoved() ? null : at(buffer, 4, valueBytes)));
        }
        return found;
    }
}
