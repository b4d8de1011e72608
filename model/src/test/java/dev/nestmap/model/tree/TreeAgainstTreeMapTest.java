package dev.nestmap.model.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random edits on a tree and on {@link TreeMap}, which is the naive model. */
final class TreeAgainstTreeMapTest {
    private static final int ROUNDS = 60;

    static Stream<Arguments> cases() {
        return Stream.of(Shape.values())
                .flatMap(shape -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(shape, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("cases")
    void bulkEditsGiveWhatTreeMapGives(Shape shape, long seed) {
        run(shape, seed, Tree.ofBytes());
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("cases")
    void bulkEditsOfReferencesGiveWhatTreeMapGives(Shape shape, long seed) {
        run(shape, seed, Tree.ofObjects());
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("cases")
    void singleEditsGiveWhatTreeMapGives(Shape shape, long seed) {
        Random random = new Random(seed);
        NavigableMap<Bytes, Bytes> model = new TreeMap<>();
        Tree<Bytes> tree = Tree.ofBytes();
        for (int i = 0; i < 2_000; i++) {
            Bytes key = shape.key(random);
            if (random.nextInt(1_000) > i / 2) {
                Bytes value = shape.value(random);
                model.put(key, value);
                tree = tree.with(key, value);
            } else {
                // Late rounds mostly remove what is there, down to an empty tree.
                Bytes present = Objects.requireNonNullElse(model.ceilingKey(key), key);
                model.remove(present);
                tree = tree.without(present);
            }
            if (i % 50 == 0) {
                TreeStructure.check(tree);
                assertReadsAlike(model, tree, shape, random);
            }
        }
        assertReadsAlike(model, tree, shape, random);
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("cases")
    void contentsAreEqualWhateverTheHistory(Shape shape, long seed) {
        Random random = new Random(seed);
        NavigableMap<Bytes, Bytes> model = new TreeMap<>();
        Tree<Bytes> grown = Tree.ofBytes();
        for (int round = 0; round < 20; round++) {
            NavigableMap<Bytes, @Nullable Bytes> edits = randomEdits(shape, random,
                    round % 4 == 3 ? 0.2 : 0.7);
            apply(edits, model);
            grown = grown.edit(edits);
        }
        Tree<Bytes> loaded = Tree.ofBytes().edit(new TreeMap<>(model));
        assertEquals(loaded, grown);
        assertEquals(loaded.hashCode(), grown.hashCode());
        assertEquals(entries(loaded), entries(grown));
    }

    private static void run(Shape shape, long seed, Tree<Bytes> empty) {
        Random random = new Random(seed);
        NavigableMap<Bytes, Bytes> model = new TreeMap<>();
        Tree<Bytes> tree = empty;
        for (int round = 0; round < ROUNDS; round++) {
            NavigableMap<Bytes, @Nullable Bytes> edits = randomEdits(shape, random,
                    round < ROUNDS / 2 ? 0.8 : 0.2);
            NavigableMap<Bytes, Bytes> modelBefore = new TreeMap<>(model);
            Tree<Bytes> before = tree;
            apply(edits, model);
            tree = before.edit(edits);

            TreeStructure.check(tree);
            assertReadsAlike(model, tree, shape, random);
            assertEquals(naiveDifference(modelBefore, model), changes(before, tree));
            assertEquals(naiveDifference(model, modelBefore), changes(tree, before));
            assertRangesDiffer(modelBefore, before, model, tree, shape, random);
            assertSame(tree, tree.edit(edits), "edits made again change nothing");
        }
        assertSame(tree, tree.edit(new TreeMap<>(model)), "edits to what is there change nothing");
        TreeMap<Bytes, @Nullable Bytes> removals = new TreeMap<>();
        model.keySet().forEach(key -> removals.put(key, null));
        Tree<Bytes> emptied = tree.edit(removals);
        TreeStructure.check(emptied);
        assertEquals(empty, emptied);
    }

    /** One edit, a few, or many; spread, or one dense run of keys. */
    private static NavigableMap<Bytes, @Nullable Bytes> randomEdits(Shape shape, Random random,
            double putShare) {
        int count = switch (random.nextInt(3)) {
            case 0 -> 1;
            case 1 -> 20;
            default -> 700;
        };
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            boolean put = random.nextDouble() < putShare;
            edits.put(shape.key(random), put ? shape.value(random) : null);
        }
        return edits;
    }

    private static void apply(NavigableMap<Bytes, @Nullable Bytes> edits,
            NavigableMap<Bytes, Bytes> model) {
        edits.forEach((key, value) -> {
            if (value == null) {
                model.remove(key);
            } else {
                model.put(key, value);
            }
        });
    }

    private static void assertReadsAlike(NavigableMap<Bytes, Bytes> model, Tree<Bytes> tree,
            Shape shape,
            Random random) {
        assertEquals(model.size(), tree.size());
        assertEquals(model.isEmpty(), tree.isEmpty());
        assertEquals(model.isEmpty() ? null : model.firstKey(), tree.firstKey());
        assertEquals(entries(model), entries(tree));
        for (int i = 0; i < 100; i++) {
            Bytes key = shape.key(random);
            assertEquals(model.get(key), tree.get(key));
            assertEquals(model.containsKey(key), tree.containsKey(key));
            assertEquals(model.higherKey(key), tree.higherKey(key));
            Iterator<Entry<Bytes>> from = tree.iteratorFrom(key);
            Map.Entry<Bytes, Bytes> ceiling = model.ceilingEntry(key);
            assertEquals(ceiling != null, from.hasNext());
            if (ceiling != null) {
                assertEquals(new Entry<>(ceiling.getKey(), ceiling.getValue()), from.next());
                Bytes higher = model.higherKey(ceiling.getKey());
                assertEquals(higher, from.hasNext() ? from.next().key() : null);
            }
        }
        if (!model.isEmpty()) {
            assertNull(tree.higherKey(model.lastKey()));
        }
    }

    private static List<Change<Bytes>> naiveDifference(NavigableMap<Bytes, Bytes> before,
            NavigableMap<Bytes, Bytes> after) {
        TreeSet<Bytes> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        return keys.stream()
                .filter(key -> !Objects.equals(before.get(key), after.get(key)))
                .map(key -> new Change<>(key, before.get(key), after.get(key)))
                .toList();
    }

    private static void assertRangesDiffer(NavigableMap<Bytes, Bytes> modelBefore,
            Tree<Bytes> before, NavigableMap<Bytes, Bytes> model, Tree<Bytes> tree, Shape shape,
            Random random) {
        for (int i = 0; i < 10; i++) {
            @Nullable
            Bytes from = i % 4 == 0 ? null : shape.key(random);
            @Nullable
            Bytes to = i % 5 == 0 ? null : shape.key(random);
            List<Change<Bytes>> found = new ArrayList<>();
            Tree.difference(before, tree, from, to).forEach(found::add);
            assertEquals(naiveDifference(modelBefore, model).stream()
                    .filter(change -> (from == null || change.key().compareTo(from) >= 0)
                            && (to == null || change.key().compareTo(to) < 0))
                    .toList(), found, () -> "from " + from + " to " + to);
        }
    }

    private static List<Change<Bytes>> changes(Tree<Bytes> before, Tree<Bytes> after) {
        List<Change<Bytes>> changes = new ArrayList<>();
        Tree.difference(before, after).forEach(changes::add);
        return changes;
    }

    private static List<Entry<Bytes>> entries(Tree<Bytes> tree) {
        List<Entry<Bytes>> entries = new ArrayList<>();
        tree.forEach(entries::add);
        return entries;
    }

    private static List<Entry<Bytes>> entries(NavigableMap<Bytes, Bytes> model) {
        return model.entrySet().stream().map(e -> new Entry<>(e.getKey(), e.getValue())).toList();
    }
}
