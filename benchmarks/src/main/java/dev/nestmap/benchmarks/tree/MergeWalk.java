package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The difference of two ordered maps that know nothing of what they share: a walk over all elements
 * of both.
 */
final class MergeWalk<E> {
    private final Iterator<? extends E> older;
    private final Iterator<? extends E> newer;
    private final Function<E, Bytes> key;
    private final Function<E, Bytes> value;

    MergeWalk(Iterator<? extends E> older, Iterator<? extends E> newer, Function<E, Bytes> key,
            Function<E, Bytes> value) {
        this.older = older;
        this.newer = newer;
        this.key = key;
        this.value = value;
    }

    long changes() {
        long changes = 0;
        @Nullable
        E before = next(older);
        @Nullable
        E after = next(newer);
        while (before != null || after != null) {
            int order = before == null
                    ? 1
                    : after == null ? -1 : key.apply(before).compareTo(key.apply(after));
            boolean same = before != null && after != null && order == 0 && isSame(before, after);
            changes += same ? 0 : 1;
            before = order <= 0 ? next(older) : before;
            after = order >= 0 ? next(newer) : after;
        }
        return changes;
    }

    /** Unchanged values are the same objects in these maps: the cheapest comparison they allow. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isSame(E before, E after) {
        return value.apply(before) == value.apply(after)
                || value.apply(before).equals(value.apply(after));
    }

    private static <E> @Nullable E next(Iterator<? extends E> iterator) {
        return iterator.hasNext() ? iterator.next() : null;
    }
}
