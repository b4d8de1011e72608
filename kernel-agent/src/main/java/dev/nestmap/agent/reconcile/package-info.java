/**
 * From what the store wants to what the kernel holds: a pure planner that compares the two and says what to do as plain
 * data, and an executor that does it and believes nothing that the kernel did not confirm.
 */
@NullMarked
package dev.nestmap.agent.reconcile;

import org.jspecify.annotations.NullMarked;
