/**
 * The agent of one host: follows the store and keeps the kernel's maps as the store wants them. The only package of this
 * module that others need, beside the kernel they hand in.
 */
@NullMarked
package dev.nestmap.agent;

import org.jspecify.annotations.NullMarked;
