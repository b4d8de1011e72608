/** What an agent says of itself on its own host, without the store: at a Unix socket that only its user can open. */
@NullMarked
package dev.nestmap.agent.local;

import org.jspecify.annotations.NullMarked;
