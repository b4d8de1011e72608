/**
 * The demo: real command lines against a store and an agent of its own, and after each of them what the kernel says
 * when it is asked directly.
 */
@NullMarked
package dev.nestmap.cli.demo;

import org.jspecify.annotations.NullMarked;
