/**
 * A kernel in memory, for {@code --kernel=simulated} and for tests: the six types ARRAY, HASH, DEVMAP,
 * DEVMAP_HASH, ARRAY_OF_MAPS and HASH_OF_MAPS with the errno of Linux 6.18. Naive on purpose and written apart
 * from the model, so that either can show the other wrong.
 */
@NullMarked
package dev.nestmap.agent.kernel.simulated;

import org.jspecify.annotations.NullMarked;
