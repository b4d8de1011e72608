/**
 * BPF object files: the maps that a program defines in its section {@code .maps}, read as libbpf reads them, but from bytes that
 * may be anything and without loading anything.
 */
@NullMarked
package dev.nestmap.model.object;

import org.jspecify.annotations.NullMarked;
