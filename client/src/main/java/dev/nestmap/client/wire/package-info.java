/**
 * Between the wire contract and the model, both ways: the only place that knows the two. Used by client, server and agent.
 */
@NullMarked
package dev.nestmap.client.wire;

import org.jspecify.annotations.NullMarked;
