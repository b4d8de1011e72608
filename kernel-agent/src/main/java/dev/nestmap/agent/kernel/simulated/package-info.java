/**
 * A kernel in memory, for {@code --kernel=simulated} and for tests, with the errno of Linux 6.18. The six types ARRAY, HASH,
 * DEVMAP, DEVMAP_HASH, ARRAY_OF_MAPS and HASH_OF_MAPS are naive on purpose and written apart from the model, so that either
 * can show the other wrong; all others run on the model's own rules and elements.
 */
@NullMarked
package dev.nestmap.agent.kernel.simulated;

import org.jspecify.annotations.NullMarked;
