package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One version of an ordered map, as a store needs it: it stays as it is while newer versions are
 * made of it.
 */
interface Version {
    @Nullable
    Bytes get(Bytes key);

    Version with(Bytes key, Bytes value);

    Version withAll(SortedMap<Bytes, Bytes> batch);

    /**
     * The number of keys that were added, removed or changed since an older version of the same
     * contender.
     */
    long changesSince(Version older);
}
