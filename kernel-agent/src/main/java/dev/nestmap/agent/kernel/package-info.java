/**
 * The port through which the agent sees a kernel: maps, their elements, and the pins that keep them. What is on
 * the other side is the running kernel ({@code dev.nestmap.agent.libbpf}) or a simulated one; one contract test
 * holds for both.
 */
@NullMarked
package dev.nestmap.agent.kernel;

import org.jspecify.annotations.NullMarked;
