package dev.nestmap.agent.reconcile;

import java.nio.file.Path;

/**
 * A pin, and the map that was found at it.
 *
 * @param kernelId a pin that leads to another map by now is not the one that is meant
 */
record Pinned(Path path, int kernelId) {}
