/**
 * From what documents want and what the store holds to one transaction: the store is read at one revision, the plan is
 * a pure function of both, and the transaction compares that nothing of it has changed meanwhile.
 */
@NullMarked
package dev.nestmap.cli.apply;

import org.jspecify.annotations.NullMarked;
