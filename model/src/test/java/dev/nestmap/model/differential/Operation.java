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

    /** How an outer map is told what its slots hold. */
    enum TemplateForm {
        /** By naming a map like it. */
        COPIED,
        /** By what that map's template would be, in words; a kernel knows no such thing. */
        GIVEN
    }

    /**
     * BPF_MAP_CREATE.
     *
     * @param template the map that an outer map's template is taken from; empty for other types
     */
    record Create(int map, MapSpec shape, Optional<Integer> template, TemplateForm form)
            implements
                Operation {}

    /** BPF_MAP_LOOKUP_ELEM; with a value for a bloom filter only. */
    record Lookup(int map, Bytes key, Optional<Bytes> value, long flags) implements Operation {}

    /** BPF_MAP_UPDATE_ELEM. */
    record Update(int map, Element element, long flags) implements Operation {}

    /** BPF_MAP_DELETE_ELEM. */
    record Delete(int map, Bytes key) implements Operation {}

    /** BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
    record Take(int map, Bytes key, long flags) implements Operation {}

    /** BPF_MAP_GET_NEXT_KEY. */
    record NextKey(int map, Optional<Bytes> key) implements Operation {}

    /** BPF_MAP_UPDATE_BATCH. */
    record UpdateBatch(int map, List<Element> elements, long elemFlags) implements Operation {}

    /** BPF_MAP_DELETE_BATCH. */
    record DeleteBatch(int map, List<Bytes> keys, long elemFlags) implements Operation {}

    /**
     * BPF_MAP_LOOKUP_BATCH, page after page to the end.
     *
     * @param from in_batch of the first page
     * @param count the most elements of a page; 0: one call, which gives none
     */
    record LookupBatch(int map, Optional<Bytes> from, int count, long elemFlags)
            implements
                Operation {}

    /** BPF_MAP_FREEZE. */
    record Freeze(int map) implements Operation {}

    /** All elements, by whatever means. */
    record Contents(int map) implements Operation {}

    /** Lets go of the map's name, or of the only descriptor: it lives on in the slots that hold it. */
    record Unlink(int map) implements Operation {}

    /** Whether anything keeps the map alive. */
    record Alive(int map) implements Operation {}
}
