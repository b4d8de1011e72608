/**
 * bpftool's words after {@code map VERB}, parsed into commands of the model. No word needs to know the map: sizes
 * are checked by the store, which knows them.
 */
@NullMarked
package dev.nestmap.cli.grammar;

import org.jspecify.annotations.NullMarked;
