package dev.nestmap.client.cache;

import java.util.Optional;

/**
 * What a key had.
 *
 * @param value empty: no such element. What is given to readers: it is made once, not for each of them
 * @param revision it was so at this revision
 * @param asOfNanos it was so at some moment after this one
 * @param weight bytes held, about
 */
record Entry<V>(Optional<V> value, long revision, long asOfNanos, int weight) {}
