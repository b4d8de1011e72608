/** Tests of what an agent says on its own host. */
@NullMarked
package dev.nestmap.agent.local;

import org.jspecify.annotations.NullMarked;
