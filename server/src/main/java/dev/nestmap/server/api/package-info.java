/**
 * The gRPC services: thin. They check sizes, convert, ask consensus or a version of the state, and convert back.
 */
@NullMarked
package dev.nestmap.server.api;

import org.jspecify.annotations.NullMarked;
