/**
 * What a verb is, and all that it is given and answers by: its words and options, the session with the store, the output. Verbs
 * themselves are in {@code command}, whatever calls them outside.
 */
@NullMarked
package dev.nestmap.cli.verb;

import org.jspecify.annotations.NullMarked;
