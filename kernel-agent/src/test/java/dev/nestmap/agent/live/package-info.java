/** Tests of reads for the store. */
@NullMarked
package dev.nestmap.agent.live;

import org.jspecify.annotations.NullMarked;
