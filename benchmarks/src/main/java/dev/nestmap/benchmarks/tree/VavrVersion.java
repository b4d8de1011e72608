package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import io.vavr.Tuple2;
import io.vavr.collection.TreeMap;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

record VavrVersion(TreeMap<Bytes, Bytes> map) implements Version {
    @Override
    public @Nullable Bytes get(Bytes key) {
        return map.get(key).getOrNull();
    }

    @Override
    public Version with(Bytes key, Bytes value) {
        return new VavrVersion(map.put(key, value));
    }

    @Override
    public Version withAll(SortedMap<Bytes, Bytes> batch) {
        TreeMap<Bytes, Bytes> newest = map;
        for (Map.Entry<Bytes, Bytes> entry : batch.entrySet()) {
            newest = newest.put(entry.getKey(), entry.getValue());
        }
        return new VavrVersion(newest);
    }

    @Override
    public long changesSince(Version older) {
        return new MergeWalk<>(((VavrVersion) older).map.iterator(), map.iterator(), Tuple2::_1,
                Tuple2::_2)
                .changes();
    }
}
