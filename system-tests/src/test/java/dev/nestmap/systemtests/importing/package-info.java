/** Object files compiled here, imported, and held against what libbpf's own loader makes of them in the kernel. */
@NullMarked
package dev.nestmap.systemtests.importing;

import org.jspecify.annotations.NullMarked;
