/** What goes through a codec comes back as it was. */
@NullMarked
package dev.nestmap.client.wire;

import org.jspecify.annotations.NullMarked;
