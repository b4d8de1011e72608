/**
 * An immutable ordered tree from byte strings to values. Versions share what did not change, so that the difference of two
 * versions costs what differs, not what is there.
 */
@NullMarked
package dev.nestmap.model.tree;

import org.jspecify.annotations.NullMarked;
