package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import java.util.Optional;

/**
 * A kernel map, complete and pinned under its number, that is one version of the contents of a map that is published sealed.
 *
 * @param number grows with each one that is built for a map
 * @param frozen no system call can have changed it since it was read back
 * @param contents what it holds; empty where an agent before built it and nobody looked so far
 */
record Generation(int number, int kernelId, boolean frozen, Optional<Contents> contents) {
    Generation withContents(Contents newContents) {
        return new Generation(number, kernelId, frozen, Optional.of(newContents));
    }
}
