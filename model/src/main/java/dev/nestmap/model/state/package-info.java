/**
 * The replicated state of the fleet as an immutable value, the commands that change it, and apply(): a pure function from a
 * state and a command to the next state and a result.
 */
@NullMarked
package dev.nestmap.model.state;

import org.jspecify.annotations.NullMarked;
