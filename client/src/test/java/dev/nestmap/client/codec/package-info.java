@NullMarked
package dev.nestmap.client.codec;

import org.jspecify.annotations.NullMarked;
