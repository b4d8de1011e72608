/** Input that nobody would send: random and damaged messages, from a seed. */
@NullMarked
package dev.nestmap.server.fuzz;

import org.jspecify.annotations.NullMarked;
