/** Tests of the planner on plain data, and of the reconciler against the simulated kernel. */
@NullMarked
package dev.nestmap.agent.reconcile;

import org.jspecify.annotations.NullMarked;
