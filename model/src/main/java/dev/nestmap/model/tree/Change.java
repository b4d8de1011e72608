package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One key whose value is not the same in two trees: {@code before} is null where it was added,
 * {@code after} where it was removed.
 */
public record Change<V>(Bytes key, @Nullable V before, @Nullable V after) {
    /** Refuses a change of nothing into nothing. */
    public Change {
        if (before == null && after == null) {
            throw new IllegalArgumentException(
                    "change of key " + key + " has neither before nor after");
        }
    }
}
