/**
 * How fast the agent brings contents into the kernel, beside a C program that does the same with libbpf. Needs root, Linux and a C
 * compiler with libbpf's headers.
 */
@NullMarked
package dev.nestmap.benchmarks.publish;

import org.jspecify.annotations.NullMarked;
