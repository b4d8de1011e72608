package dev.nestmap.client.cache;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a key had.
 *
 * @param held null: no such element
 * @param revision it was so at this revision
 * @param asOfNanos it was so at some moment after this one
 * @param weight bytes held, about
 */
record Entry<V>(@Nullable V held, long revision, long asOfNanos, int weight) {
    /** Stands for the knowledge that there is no such element, where null says that nothing is known. */
    static final Object ABSENT = new Object();

    /** An entry of what {@link #found} gave. */
    @SuppressWarnings("unchecked") // it is what an entry had
    static <V> Entry<V> of(Object found, long revision) {
        return new Entry<>(found == ABSENT ? null : (V) found, revision, 0, 0);
    }

    /** What it had, or {@link #ABSENT}: what {@link Table#find} gives. */
    Object found() {
        return held == null ? ABSENT : held;
    }

    Optional<V> value() {
        return Optional.ofNullable(held);
    }

    /** Made for each reader: one object less to follow on a hit costs more time than making it. */
    @SuppressWarnings("unchecked") // it is what an entry had
    static <V> Optional<V> optional(Object found) {
        return found == ABSENT ? Optional.empty() : Optional.of((V) found);
    }
}
