package dev.nestmap.client;

import io.grpc.Channel;

/** A member and the way to it; connects when the first call is made. */
public record Connection(String target, Channel channel) {}
