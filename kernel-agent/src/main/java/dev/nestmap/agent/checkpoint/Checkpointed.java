package dev.nestmap.agent.checkpoint;

import java.time.Duration;

/**
 * The state that is on disk.
 *
 * @param revision the revision of it; 0: none is there that can be believed
 * @param age since it was written; a state that did not change is not written again
 */
public record Checkpointed(long revision, Duration age) {}
