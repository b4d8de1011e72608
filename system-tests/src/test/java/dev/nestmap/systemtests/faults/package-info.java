/**
 * What happens when things fail: processes that are killed, members and agents that are away, bad
 * input, damaged files. Every test starts the processes of its own and ends them.
 */
@NullMarked
package dev.nestmap.systemtests.faults;

import org.jspecify.annotations.NullMarked;
