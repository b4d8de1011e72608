/** Takes maps that somebody else pinned on a node into the store, with what is in them. */
@NullMarked
package dev.nestmap.cli.adopting;

import org.jspecify.annotations.NullMarked;
