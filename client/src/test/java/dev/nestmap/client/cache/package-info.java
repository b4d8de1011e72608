@NullMarked
package dev.nestmap.client.cache;

import org.jspecify.annotations.NullMarked;
