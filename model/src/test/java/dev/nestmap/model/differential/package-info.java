/**
 * Random sequences of operations on maps of all types, done to the model and to something else that should answer the same: a
 * kernel, or a whole store. What differs and is not intended is shrunk to a few operations and printed as a transcript.
 */
@NullMarked
package dev.nestmap.model.differential;

import org.jspecify.annotations.NullMarked;
