/**
 * The immutable tree beside other ordered maps: time of updates, lookups and differences, and bytes
 * of heap per element. Every contender holds the same elements and does the same work; its answers
 * are compared before anything is timed.
 */
@NullMarked
package dev.nestmap.benchmarks.tree;

import org.jspecify.annotations.NullMarked;
