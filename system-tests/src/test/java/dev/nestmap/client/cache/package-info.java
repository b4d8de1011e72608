/** What tests of the whole need from the inside of the caches. */
@NullMarked
package dev.nestmap.client.cache;

import org.jspecify.annotations.NullMarked;
