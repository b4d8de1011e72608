/**
 * BTF, the kernel's description of types: read from hostile bytes, cut down to what a map needs, and used to turn keys and
 * values into named fields and back. Pure; every bound is on purpose.
 */
@NullMarked
package dev.nestmap.model.btf;

import org.jspecify.annotations.NullMarked;
