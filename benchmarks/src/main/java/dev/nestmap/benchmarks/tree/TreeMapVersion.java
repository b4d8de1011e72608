package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

record TreeMapVersion(TreeMap<Bytes, Bytes> map) implements Version {
    @Override
    public @Nullable Bytes get(Bytes key) {
        return map.get(key);
    }

    @Override
    public Version with(Bytes key, Bytes value) {
        TreeMap<Bytes, Bytes> copy = new TreeMap<>(map);
        copy.put(key, value);
        return new TreeMapVersion(copy);
    }

    @Override
    public Version withAll(SortedMap<Bytes, Bytes> batch) {
        TreeMap<Bytes, Bytes> copy = new TreeMap<>(map);
        // Not putAll, which walks the whole map where both are sorted.
        batch.forEach(copy::put);
        return new TreeMapVersion(copy);
    }

    @Override
    public long changesSince(Version older) {
        return new MergeWalk<>(((TreeMapVersion) older).map.entrySet().iterator(),
                map.entrySet().iterator(),
                Map.Entry::getKey, Map.Entry::getValue).changes();
    }
}
