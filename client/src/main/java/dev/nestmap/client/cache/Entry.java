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
    /** Made for each reader: one object less to follow on a hit costs more time than making it. */
    Optional<V> value() {
        return Optional.ofNullable(held);
    }
}
