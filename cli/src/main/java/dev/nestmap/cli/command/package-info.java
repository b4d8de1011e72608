/**
 * The verbs, one class for each: words in, calls to the store, answers out. What a verb needs is in its
 * {@link dev.nestmap.cli.verb.Invocation}, so that it runs the same from a shell, in the demo and in a test.
 */
@NullMarked
package dev.nestmap.cli.command;

import org.jspecify.annotations.NullMarked;
