package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import java.util.List;
import java.util.Optional;

/**
 * One operation of a sequence. Maps have numbers, given by the sequence, so that one can be left out without changing what the
 * others mean; a slot's value is {@code MapRef.ById} with such a number.
 */
public sealed interface Operation {
    /** The map that is worked on. */
    int map();

    /**
     * BPF_MAP_CREATE.
     *
     * @param template the map that an outer map's template is copied from; empty for other types
     */
    record Create(int map, MapSpec shape, Optional<Integer> template) implements Operation {}

    /** BPF_MAP_LOOKUP_ELEM; with a value for a bloom filter only. */
    record Lookup(int map, Bytes key, Optional<Bytes> value, long flags) implements Operation {}

    /** BPF_MAP_UPDATE_ELEM. */
    record Update(int map, Element element, long flags) implements Operation {}

    /** BPF_MAP_DELETE_ELEM. */
    record Delete(int map, Bytes key) implements Operation {}

    /** BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
    record Take(int map, Bytes key) implements Operation {}

    /** BPF_MAP_GET_NEXT_KEY. */
    record NextKey(int map, Optional<Bytes> key) implements Operation {}

    /** BPF_MAP_UPDATE_BATCH. */
    record UpdateBatch(int map, List<Element> elements, long elemFlags) implements Operation {}

    /** BPF_MAP_DELETE_BATCH. */
    record DeleteBatch(int map, List<Bytes> keys, long elemFlags) implements Operation {}

    /** BPF_MAP_FREEZE. */
    record Freeze(int map) implements Operation {}

    /** All elements, by whatever means. */
    record Contents(int map) implements Operation {}
}
