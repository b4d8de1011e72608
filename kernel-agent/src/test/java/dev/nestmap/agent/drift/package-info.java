/** Tests of what was found, and of how often it is mended. */
@NullMarked
package dev.nestmap.agent.drift;

import org.jspecify.annotations.NullMarked;
