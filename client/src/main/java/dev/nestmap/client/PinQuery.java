package dev.nestmap.client;

import dev.nestmap.model.map.MapSpec;
import java.time.Duration;

/**
 * A question about a map that is pinned on a node, whoever made it.
 *
 * @param node by name
 * @param pin absolute path there
 * @param within how long it may take, up to an hour
 */
public record PinQuery(String node, String pin, Ask ask, Duration within) {
    /** Refuses a time that is not positive and a path that is not absolute. */
    public PinQuery {
        if (!within.isPositive()) {
            throw new IllegalArgumentException("within must be longer than nothing, not " + within);
        }
        if (!pin.startsWith("/")) {
            throw new IllegalArgumentException("the pin must be an absolute path, not " + pin);
        }
    }

    /** What is asked. */
    public sealed interface Ask {
        /** Definition, users, maps in slots: answered by a {@link LivePart.Pinned}. Changes nothing. */
        record Examine() implements Ask {}

        /** The same; maps in slots that have no pin are given one below the agent's pin root, so that it can go on with them. */
        record ExamineAndKeepInners() implements Ask {}

        /** The elements of the pinned map, or of one in its slots, by its kernel id; EEXIST where it is neither any more. */
        record Elements(int kernelId) implements Ask {}

        /**
         * Exchanges the pinned map for a new one; programs that hold the old one keep it. Answered by a {@link LivePart.Pinned} of the
         * new one with the programs of the old one.
         *
         * @param spec of the new one
         * @param kernelId of the old one; EEXIST where another is there
         * @param contents whether its elements are copied first
         */
        record Replace(MapSpec spec, int kernelId, Contents contents) implements Ask {}
    }

    /** What becomes of the elements of a map that is exchanged. */
    public enum Contents {
        /** Copied; key_size and value_size must be the same (EINVAL). */
        COPIED,
        /** Left behind. */
        LEFT
    }
}
