@NullMarked
package dev.nestmap.agent.adopt;

import org.jspecify.annotations.NullMarked;
