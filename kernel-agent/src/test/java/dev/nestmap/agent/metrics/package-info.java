/** Tests of what is counted. */
@NullMarked
package dev.nestmap.agent.metrics;

import org.jspecify.annotations.NullMarked;
