/** What is on the disk: whole, cut, damaged, another's, and on a disk that is full. */
@NullMarked
package dev.nestmap.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
