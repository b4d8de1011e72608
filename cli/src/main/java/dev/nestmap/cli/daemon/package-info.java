/**
 * The verbs that run until they are told to stop: a member of the store, an agent, or both in one process. This is
 * where the real or the simulated kernel is chosen.
 */
@NullMarked
package dev.nestmap.cli.daemon;

import org.jspecify.annotations.NullMarked;
