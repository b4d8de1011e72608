package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
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
    /** Of one map: the elements that may be in the kernel by our doing, and those that are wanted. Only the keys count. */
    private record Claim(Tree<Bytes> ever, Tree<Bytes> wanted) {}

    private final Map<Long, Claim> claims = new HashMap<>();
    private Desired before = Desired.NOTHING;

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

    /** The elements of a shared map that are ours where they are in the kernel; only the keys count. */
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
            if (change.after() != null) {
                edits.put(change.key(), change.after());
            }
        }
        return some.edit(edits);
    }
}
