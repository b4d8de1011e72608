/**
 * Maps whose keys and values are Java values: {@link dev.nestmap.client.typed.BpfMap}, {@link
 * dev.nestmap.client.typed.OuterMap} and {@link dev.nestmap.client.typed.Transaction} over a {@link
 * dev.nestmap.client.NestmapClient}. Holds no resources of its own.
 */
@NullMarked
package dev.nestmap.client.typed;

import org.jspecify.annotations.NullMarked;
