package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.MapState;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was done to the maps of a sequence, kept apart from the model: the truth that an explanation rests on. */
final class History {
    /** An LRU is left alone by a kernel up to this part of max_entries: the lists of free elements hold the rest. */
    private static final int LRU_SAFE_PART = 8;

    private final Set<Integer> mayHaveEvicted = new HashSet<>();
    private final Map<Integer, Set<Bytes>> added = new TreeMap<>();

    /** Notes an answered operation on a map as it was before. */
    void note(Operation operation, @Nullable MapState before, String model, String other) {
        if (before == null) {
            return;
        }
        if (IntendedDifference.isLru(before.spec())) {
            noteEviction(operation, before);
        }
        if (before.spec().type() == MapType.BLOOM_FILTER && model.equals(Words.OK)
                && other.equals(Words.OK)
                && operation instanceof Operation.Update(int map, var element, _)
                && element.value() instanceof Value.Data(Bytes value)) {
            added.computeIfAbsent(map, _ -> new HashSet<>()).add(value);
        }
    }

    /** True for an LRU that is so full that a kernel may have dropped something. */
    boolean mayHaveEvicted(int map) {
        return mayHaveEvicted.contains(map);
    }

    /** True where both sides took the value into a bloom filter. */
    boolean wasAdded(int map, Bytes value) {
        return values(map).contains(value);
    }

    /** How many different values both sides took into a bloom filter. */
    int addedValues(int map) {
        return values(map).size();
    }

    private Set<Bytes> values(int map) {
        return added.getOrDefault(map, Set.of());
    }

    /** Also an update that fails, and one of a key that is there, takes a free element for a moment. */
    private void noteEviction(Operation operation, MapState map) {
        long elements = switch (operation) {
            case Operation.Update _ -> 1;
            case Operation.UpdateBatch batch -> batch.elements().size();
            default -> 0;
        };
        if (elements > 0
                && (map.elements().size() + elements) * LRU_SAFE_PART > map.spec().capacity()) {
            mayHaveEvicted.add(operation.map());
        }
    }
}
