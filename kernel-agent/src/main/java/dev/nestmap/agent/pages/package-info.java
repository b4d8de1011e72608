/**
 * Contents of whole maps between the store's tree and the kernel, in pages: copied and compared where they are packed, with no object for
 * each element. For the types whose elements are stored as system calls move them.
 */
@NullMarked
package dev.nestmap.agent.pages;

import org.jspecify.annotations.NullMarked;
