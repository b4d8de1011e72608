/** The whole stack against the model: what the client hears is what apply() says. */
@NullMarked
package dev.nestmap.systemtests.differential;

import org.jspecify.annotations.NullMarked;
