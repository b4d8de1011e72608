package dev.nestmap.client;

import java.util.List;

/**
 * Who has applied a revision of a map, and who has not.
 *
 * @param revision the revision waited for
 * @param applied nodes that have applied it
 * @param missing nodes that have not
 */
public record AppliedNodes(long revision, List<String> applied, List<Laggard> missing) {
    /** Copies the lists. */
    public AppliedNodes {
        applied = List.copyOf(applied);
        missing = List.copyOf(missing);
    }

    /** A node that is not there yet, and why. */
    public record Laggard(String node, long appliedRevision, String reason) {}

    /** True where every node is there. */
    public boolean complete() {
        return missing.isEmpty();
    }
}
