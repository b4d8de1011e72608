package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of mirrors beside a map of the JDK. */
class PageTableTest {
    private static final int ROUNDS = 300;

    @ParameterizedTest
    @ValueSource(ints = {4, 200, 20_000})
    void itHoldsWhatAMapHoldsAndOldVersionsStayAsTheyWere(int words) {
        Random random = new Random(words);
        PageTable<Object> table = PageTable.empty();
        Map<Long, Object> expected = new HashMap<>();
        List<PageTable<Object>> versions = new ArrayList<>();
        List<Map<Long, Object>> copies = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            PageTable.Draft<Object> draft = table.edit();
            boolean grows = round % 100 < 60;
            for (int i = 0; i < words / 20 + 1; i++) {
                // With zeros in it, and with the bits that differ now low and now high.
                long word = Long.rotateLeft(random.nextInt(words), words % 64);
                if (random.nextInt(10) < (grows ? 8 : 1)) {
                    draft.set(word, round);
                    expected.put(word, round);
                } else {
                    draft.remove(word);
                    expected.remove(word);
                }
                assertEquals(expected.get(word), draft.get(word));
            }
            table = draft.build();
            if (round % 50 == 0) {
                versions.add(table);
                copies.add(Map.copyOf(expected));
            }
        }
        versions.add(table);
        copies.add(expected);
        for (int i = 0; i < versions.size(); i++) {
            Map<Long, Object> all = new HashMap<>();
            versions.get(i).forEach(all::put);
            assertEquals(copies.get(i), all);
            assertEquals(all.size(), versions.get(i).size());
            for (int word = 0; word < Math.min(words, 500); word++) {
                long rotated = Long.rotateLeft(word, words % 64);
                assertEquals(all.get(rotated), versions.get(i).get(rotated));
            }
        }
    }

    /** All of one hash for Java, counters in either byte order, and what a multiplication alone would leave together. */
    @Test
    void numbersThatSomebodyChoseDoNotCollide() {
        List<LongUnaryOperator> choices = List.of(i -> i << 32 | i, i -> i, i -> i << 40,
                i -> i << 63 | i >> 1, i -> i * 0x9E3779B97F4A7C15L, Long::reverseBytes);
        for (LongUnaryOperator choice : choices) {
            PageTable.Draft<Object> draft = PageTable.empty().edit();
            for (long i = 0; i < 100_000; i++) {
                draft.set(choice.applyAsLong(i), i);
            }
            PageTable<Object> table = draft.build();
            assertEquals(100_000, table.size());
            assertTrue(table.largestPage() <= 256, () -> "page of " + table.largestPage());
        }
    }

    @Test
    void longKeysOfOneHashAreToldApart() {
        for (LongKeys keys : List.of(LongKeys.HASHED, new LongKeys(key -> -1),
                new LongKeys(key -> key.at(0) % 3))) {
            Random random = new Random(1);
            PageTable<Object> table = PageTable.empty();
            Map<Bytes, Object> expected = new HashMap<>();
            for (int round = 0; round < 2000; round++) {
                Bytes key = Bytes.u64le(random.nextInt(40)).concat(Bytes.zeros(random.nextInt(2)));
                PageTable.Draft<Object> draft = table.edit();
                if (random.nextBoolean()) {
                    keys.set(draft, key, round);
                    expected.put(key, round);
                } else {
                    keys.remove(draft, key);
                    expected.remove(key);
                }
                table = draft.build();
                assertEquals(expected.get(key), keys.get(table, key));
                assertEquals(expected.size(), table.size());
            }
            Map<Bytes, Object> all = new HashMap<>();
            table.forEach((word, held) -> all.put(LongKeys.key(held), LongKeys.value(held)));
            assertEquals(expected, all);
            assertNull(keys.get(table, Bytes.zeros(20)));
        }
    }
}
