package dev.nestmap.agent.follow;

import io.grpc.Channel;

/** What an agent offers to the member that it follows, on streams of its own. Any thread may call; every call returns at once. */
public interface Companion {
    /** The agent follows the member behind this channel; said again and again while it does. */
    void following(Channel channel);

    /** It follows that member no more. */
    void ended();
}
