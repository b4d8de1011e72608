/**
 * Where a map is wanted: labels of nodes and selectors over them, as Kubernetes has them.
 */
@NullMarked
package dev.nestmap.model.placement;

import org.jspecify.annotations.NullMarked;
