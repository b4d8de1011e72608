/** What is counted and timed of an agent's work on the kernel, for Prometheus. */
@NullMarked
package dev.nestmap.agent.metrics;

import org.jspecify.annotations.NullMarked;
