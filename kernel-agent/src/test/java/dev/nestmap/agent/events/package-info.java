/** Tests of what is heard of this host. */
@NullMarked
package dev.nestmap.agent.events;

import org.jspecify.annotations.NullMarked;
