package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.util.SortedMap;

/** An ordered map that is compared. */
public enum Contender {
    /** Ours. */
    NESTMAP_TREE("Tree") {
        @Override
        Version load(SortedMap<Bytes, Bytes> elements) {
            return NestmapVersion.EMPTY.withAll(elements);
        }
    },
    /** The red-black tree of the JDK: mutable, so that a version is a copy. */
    JAVA_TREE_MAP("java.util.TreeMap") {
        @Override
        Version load(SortedMap<Bytes, Bytes> elements) {
            return new TreeMapVersion(new java.util.TreeMap<>(elements));
        }
    },
    /** A persistent balanced tree. */
    PCOLLECTIONS_TREE("pcollections TreePMap") {
        @Override
        Version load(SortedMap<Bytes, Bytes> elements) {
            return new PcollectionsVersion(org.pcollections.TreePMap.from(elements));
        }
    };

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    abstract Version load(SortedMap<Bytes, Bytes> elements);
}
