/**
 * Answers questions of the store about what is in this kernel. Reads run on a thread of their own, through descriptors of their own, page
 * by page: they neither hold up the work on the kernel nor see it half done.
 */
@NullMarked
package dev.nestmap.agent.live;

import org.jspecify.annotations.NullMarked;
