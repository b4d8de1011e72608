/**
 * Local copies of maps that are never older than their reader agreed to: {@link dev.nestmap.client.cache.NearCache} holds
 * what was asked for, {@link dev.nestmap.client.cache.Mirror} all of a map. Why they may answer what they answer stands in
 * {@link dev.nestmap.client.cache.Coherence}.
 */
@NullMarked
package dev.nestmap.client.cache;

import org.jspecify.annotations.NullMarked;
