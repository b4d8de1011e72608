/** The SDK against servers written by hand on loopback ports. */
@NullMarked
package dev.nestmap.client;

import org.jspecify.annotations.NullMarked;
