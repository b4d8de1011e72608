/**
 * How Java values become the bytes of keys and values, and back: sizes and byte orders are explicit, padding is zero. Knows
 * nothing of connections; a codec is immutable and may be used by any number of threads.
 */
@NullMarked
package dev.nestmap.client.codec;

import org.jspecify.annotations.NullMarked;
