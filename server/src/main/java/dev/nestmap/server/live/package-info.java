/**
 * Looks into the kernels of nodes for clients: agents offer a stream each, questions go out on it, answers are passed on page by
 * page. Nothing is kept here but what is under way.
 */
@NullMarked
package dev.nestmap.server.live;

import org.jspecify.annotations.NullMarked;
