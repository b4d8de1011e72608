/** Tests of what the messages of the store are put together to. */
@NullMarked
package dev.nestmap.agent.follow;

import org.jspecify.annotations.NullMarked;
