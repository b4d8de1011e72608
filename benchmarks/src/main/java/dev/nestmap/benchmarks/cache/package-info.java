/** What a hit in the client's near-cache and mirror costs, beside the bare maps that they are made of. */
@NullMarked
package dev.nestmap.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
