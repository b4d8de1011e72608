/**
 * The words that the whole model is written in: byte strings and refusals with the kernel's errno. Everything in this
 * module is pure: no clock, no I/O, no randomness, no threads, no hash order.
 */
@NullMarked
package dev.nestmap.model;

import org.jspecify.annotations.NullMarked;
