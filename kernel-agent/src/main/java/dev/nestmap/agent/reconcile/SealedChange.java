package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.StoredElements;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What a map is to hold that changes only as a whole. Which of its elements differ does not matter, and is looked for no further than to
 * the first.
 *
 * @param isNothing it holds that already
 * @param after what it is to hold
 * @param unresolved as in {@link ElementsDifference}
 */
record SealedChange(boolean isNothing, Contents after, SortedSet<String> unresolved) {
    static SealedChange of(DesiredMap map, Contents contents, HostNumbers numbers) {
        if (StoredElements.areVerbatim(map.spec().type())) {
            return new SealedChange(map.elements().sameContents(contents.elements()),
                    new Contents(map.elements(), new TreeMap<>(), 0),
                    Collections.emptySortedSet());
        }
        ElementsDifference difference = ElementsDifference.of(map, contents, numbers, _ -> false);
        return new SealedChange(difference.isNothing(), difference.after(),
                difference.unresolved());
    }

    /** Whether a map holds what is desired; what only waits for an interface does not count: the host may never have it. */
    static boolean holdsAll(DesiredMap map, Contents contents, HostNumbers numbers) {
        boolean whole = map.spec().ownership() == Ownership.EXCLUSIVE
                && StoredElements.areVerbatim(map.spec().type());
        return whole
                ? map.elements().sameContents(contents.elements())
                : ElementsDifference.of(map, contents, numbers, _ -> false).isNothing();
    }
}
