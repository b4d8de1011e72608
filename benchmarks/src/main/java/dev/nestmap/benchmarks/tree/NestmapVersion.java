package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

record NestmapVersion(Tree<Bytes> tree) implements Version {
    static final NestmapVersion EMPTY = new NestmapVersion(Tree.ofBytes());

    @Override
    public @Nullable Bytes get(Bytes key) {
        return tree.get(key);
    }

    @Override
    public Version with(Bytes key, Bytes value) {
        return new NestmapVersion(tree.with(key, value));
    }

    @Override
    public Version withAll(SortedMap<Bytes, Bytes> batch) {
        return new NestmapVersion(tree.edit(batch));
    }

    @Override
    public long changesSince(Version older) {
        long count = 0;
        for (Change<Bytes> change : Tree.difference(((NestmapVersion) older).tree, tree)) {
            count += change.key().size() > 0 ? 1 : 0;
        }
        return count;
    }
}
