package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which elements of maps that are shared with others are ours: all that a store wanted since they were last known to be gone. What
 * it no longer wants is removed by this, also where the agent that wrote it has ended since. For one thread.
 */
final class Claims {
    /**
     * Of one map: the elements that may be in the kernel by our doing, and those that are wanted. The keys count, and whether a value is
     * zero, which it is only where nothing but zero may be there by our doing.
     */
    private record Claim(Tree<Bytes> ever, Tree<Bytes> wanted) {}

    private final Map<Long, Claim> claims = new HashMap<>();
    private Desired before = Desired.NOTHING;

    /**
     * True for an element that the store only wants to be there, and in which programs count: zero, of a map with a value for each CPU that
     * is shared. It is written where it is missing and where it became zero in the store; whatever it holds, it is as it should be.
     */
    static boolean isCounter(MapSpec spec, Bytes stored) {
        return spec.ownership() == Ownership.SHARED && MapRules.isPerCpu(spec.type())
                && stored.isZero();
    }

    /** What an agent before wanted, as far as that was kept. */
    void remember(Desired desired) {
        before = desired;
    }

    /** A map is wanted like this from now on; not at all where it is null. */
    void add(@Nullable DesiredMap map, long id) {
        if (map == null) {
            claims.remove(id);
        } else if (map.spec().ownership() == Ownership.SHARED) {
            claims.put(id, new Claim(with(of(id), map.elements()), map.elements()));
        }
    }

    /** What is no longer wanted of a map is gone from the kernel. */
    void settle(long id) {
        claims.computeIfPresent(id, (_, claim) -> new Claim(claim.wanted(), claim.wanted()));
    }

    /** The elements of a shared map that are ours where they are in the kernel; the keys count, and which values are zero. */
    Tree<Bytes> of(long id) {
        Claim claim = claims.get(id);
        if (claim != null) {
            return claim.ever();
        }
        DesiredMap map = before.map(id);
        return map == null ? Tree.ofBytes() : map.elements();
    }

    private static Tree<Bytes> with(Tree<Bytes> some, Tree<Bytes> others) {
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        for (Change<Bytes> change : Tree.difference(some, others)) {
            Bytes after = change.after();
            if (after != null && (change.before() == null || !after.isZero())) {
                edits.put(change.key(), after);
            }
        }
        return some.edit(edits);
    }
}
