package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.Ownership;
import java.util.OptionalLong;

/**
 * How many entries a map has where the agent knows them all: it wrote them, whatever others write is found by looking for drift, and the
 * kernel removes none by itself.
 */
final class KnownEntries {
    private KnownEntries() {}

    /**
     * Empty where only counting tells.
     *
     * @param elementsAreRead whether passes over the elements look for drift
     */
    static OptionalLong of(Held held, boolean elementsAreRead) {
        return held.spec().ownership() == Ownership.EXCLUSIVE
                && !MapRules.evicts(held.spec().type()) && isLookedAt(held, elementsAreRead)
                        ? held.contents()
                                .map(Contents::elements)
                                .map(elements -> OptionalLong.of(elements.size()))
                                .orElse(OptionalLong.empty())
                        : OptionalLong.empty();
    }

    private static boolean isLookedAt(Held held, boolean elementsAreRead) {
        if (held.spec().type().isOuter()) {
            return true;
        }
        // Passes leave out what is frozen, into which programs can write all the same where no flag forbids them.
        return held.frozen()
                ? (held.spec().flags() & MapFlags.RDONLY_PROG) != 0
                : elementsAreRead && ElementScan.isWorthIt(held);
    }
}
