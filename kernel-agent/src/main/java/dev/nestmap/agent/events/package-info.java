/** Hears of changes of this host on which values depend: network interfaces, pins of programs, cgroups. */
@NullMarked
package dev.nestmap.agent.events;

import org.jspecify.annotations.NullMarked;
