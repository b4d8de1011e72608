/**
 * Tests of the whole: several processes, the real kernel, real packets, faults; and the rules of the
 * house. Each leaves the machine as it was, whether it passed or not.
 */
@NullMarked
package dev.nestmap.systemtests;

import org.jspecify.annotations.NullMarked;
