package dev.nestmap.client.cache;

import java.util.Optional;

/**
 * What a key had.
 *
 * @param value empty: no such element. Made once, so that a hit makes nothing
 * @param revision it was so at this revision
 * @param asOfNanos it was so at some moment after this one
 * @param weight bytes held, about
 */
// An Optional in a record: what readers get is made once, not by each of them.
record Entry<V>(Optional<V> value, long revision, long asOfNanos, int weight) {}
