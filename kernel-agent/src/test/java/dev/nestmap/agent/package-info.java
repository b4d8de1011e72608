/** Tests of the whole agent against a store that a test plays by hand. */
@NullMarked
package dev.nestmap.agent;

import org.jspecify.annotations.NullMarked;
