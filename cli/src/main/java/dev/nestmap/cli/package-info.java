/**
 * The {@code nestmap} command: from an array of arguments to an exit code. Start-up of short verbs matters here, so
 * nothing of the server or the agent is loaded before a verb that needs it runs, and picocli only parses.
 */
@NullMarked
package dev.nestmap.cli;

import org.jspecify.annotations.NullMarked;
