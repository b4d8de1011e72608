package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

record PcollectionsVersion(TreePMap<Bytes, Bytes> map) implements Version {
    @Override
    public @Nullable Bytes get(Bytes key) {
        return map.get(key);
    }

    @Override
    public Version with(Bytes key, Bytes value) {
        return new PcollectionsVersion(map.plus(key, value));
    }

    @Override
    public Version withAll(SortedMap<Bytes, Bytes> batch) {
        return new PcollectionsVersion(map.plusAll(batch));
    }

    @Override
    public long changesSince(Version older) {
        return new MergeWalk<>(((PcollectionsVersion) older).map.entrySet().iterator(),
                map.entrySet().iterator(), Map.Entry::getKey, Map.Entry::getValue).changes();
    }
}
