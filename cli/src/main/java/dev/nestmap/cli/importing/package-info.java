/** {@code nestmap import}: the maps of an object file as definitions of the store. */
@NullMarked
package dev.nestmap.cli.importing;

import org.jspecify.annotations.NullMarked;
