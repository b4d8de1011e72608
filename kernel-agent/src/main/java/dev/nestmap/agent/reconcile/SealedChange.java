package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.Collections;
import java.util.List;
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
        if (MapRules.takesNumbers(map.spec())) {
            return withNumbers(map, contents, numbers);
        }
        if (StoredElements.areVerbatim(map.spec().type())) {
            return new SealedChange(map.elements().sameContents(contents.elements()),
                    new Contents(map.elements(), new TreeMap<>(), 0),
                    Collections.emptySortedSet());
        }
        ElementsDifference difference = ElementsDifference.of(map, contents, numbers, _ -> false);
        return new SealedChange(difference.isNothing(), difference.after(),
                difference.unresolved());
    }

    /** What the numbers of this host make of it counts: where one changes, so does the map, and where another text gives the same, it does not. */
    private static SealedChange withNumbers(DesiredMap map, Contents contents,
            HostNumbers numbers) {
        boolean same = map.elements().sameContents(contents.elements());
        if (same && !Expressions.areOutdated(contents, numbers)) {
            return new SealedChange(true, contents, Collections.emptySortedSet());
        }
        List<Entry<Bytes>> expressions = StoredElements.expressions(map.spec(), map.elements());
        if (expressions.isEmpty() && contents.resolved().isEmpty()) {
            return new SealedChange(false, new Contents(map.elements(), new TreeMap<>(), 0),
                    Collections.emptySortedSet());
        }
        Tree<Bytes> before = HeldNumbers.bytes(map.spec(), contents);
        HeldNumbers.Resolved after = HeldNumbers.resolve(map, expressions, before, numbers);
        return new SealedChange(
                HeldNumbers.bytes(map.spec(), after.contents()).sameContents(before),
                after.contents(), after.unresolved());
    }

    /** Whether a map holds what is desired; what only waits for an interface does not count: the host may never have it. */
    static boolean holdsAll(DesiredMap map, Contents contents, HostNumbers numbers) {
        boolean whole = map.spec().ownership() == Ownership.EXCLUSIVE
                && StoredElements.areVerbatim(map.spec().type());
        if (!whole) {
            return ElementsDifference.of(map, contents, numbers, _ -> false).isNothing();
        }
        return map.elements().sameContents(contents.elements())
                || (MapRules.takesNumbers(map.spec())
                        && withNumbers(map, contents, numbers).isNothing());
    }
}
