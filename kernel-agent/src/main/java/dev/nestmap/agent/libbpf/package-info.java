/**
 * The running kernel through libbpf and libc. {@code LibBpf} and {@code LibC} call C functions under their C
 * names; {@code LibbpfKernel} and what stands beside it own the file descriptors and the memory.
 */
@NullMarked
package dev.nestmap.agent.libbpf;

import org.jspecify.annotations.NullMarked;
