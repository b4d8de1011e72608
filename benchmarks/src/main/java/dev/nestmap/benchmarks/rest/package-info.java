/** What an agent costs while it has nothing to do: processor, memory, and the time to start. */
@NullMarked
package dev.nestmap.benchmarks.rest;

import org.jspecify.annotations.NullMarked;
