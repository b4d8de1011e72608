/**
 * One BPF map: its type, its definition, and what each operation on its elements does, type by type as the kernel does it.
 */
@NullMarked
package dev.nestmap.model.map;

import org.jspecify.annotations.NullMarked;
