/**
 * The last desired state that was received, kept on the disk of the host, so that an agent can fill the maps after a reboot while
 * no store answers. The file is the conversation that led to it: the agent's Hello, and messages as the store sends them.
 */
@NullMarked
package dev.nestmap.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
