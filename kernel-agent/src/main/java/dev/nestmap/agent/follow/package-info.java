/**
 * The stream from the store: finds the leader, keeps a stream open, assembles what comes into complete desired states, and
 * sends back what became of them.
 */
@NullMarked
package dev.nestmap.agent.follow;

import org.jspecify.annotations.NullMarked;
