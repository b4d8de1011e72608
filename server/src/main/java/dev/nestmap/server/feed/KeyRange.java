package dev.nestmap.server.feed;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a map, in the form in which they are stored.
 *
 * @param from the first, itself included; null: the map's first
 * @param to the end, itself excluded; null: the map's last is included
 */
public record KeyRange(@Nullable Bytes from, @Nullable Bytes to) {
    /** Every key. */
    public static final KeyRange ALL = new KeyRange(null, null);

    boolean isAll() {
        return from == null && to == null;
    }

    /** What differs within. */
    Iterable<Change<Bytes>> difference(Tree<Bytes> before, Tree<Bytes> after) {
        return Tree.difference(before, after, from, to);
    }
}
