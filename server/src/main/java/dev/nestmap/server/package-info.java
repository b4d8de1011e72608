/**
 * One member of the store, put together from its parts.
 */
@NullMarked
package dev.nestmap.server;

import org.jspecify.annotations.NullMarked;
