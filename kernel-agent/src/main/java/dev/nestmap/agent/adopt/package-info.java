/**
 * Looks at maps that somebody else pinned on this host, so that the store can take them over, and exchanges such a map where its
 * definition is not the wanted one and that was asked for.
 */
@NullMarked
package dev.nestmap.agent.adopt;

import org.jspecify.annotations.NullMarked;
