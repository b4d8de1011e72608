package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A change that a client asks for. Everything that it needs is in it. */
public sealed interface Command {
    /** A command that may stand in a transaction. */
    sealed interface Step extends Command {}

    /** BPF_MAP_CREATE; the definition's own template is ignored. */
    record Create(MapSpec spec, InnerSource inner) implements Step {}

    /** Unlinks a name. */
    record Delete(MapRef map) implements Step {}

    /** BPF_MAP_FREEZE. */
    record Freeze(MapRef map) implements Step {}

    /** Wants the map on other nodes. Nothing of it in a kernel that keeps it changes. */
    record Place(MapRef map, Placement placement) implements Step {}

    /** BPF_MAP_UPDATE_ELEM. */
    record Update(MapRef map, Bytes key, Value value, long flags) implements Step {}

    /** BPF_MAP_DELETE_ELEM. */
    record DeleteElem(MapRef map, Bytes key) implements Step {}

    /** BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
    record LookupAndDelete(MapRef map, Bytes key, long flags) implements Step {}

    /** BPF_MAP_UPDATE_BATCH: stops at the first refusal, what was done before stays unless it is part of a transaction. */
    record UpdateBatch(MapRef map, List<Element> elements, long elemFlags) implements Step {
        /** Copies the list. */
        public UpdateBatch {
            elements = List.copyOf(elements);
        }
    }

    /** BPF_MAP_DELETE_BATCH: stops at the first refusal, what was done before stays unless it is part of a transaction. */
    record DeleteBatch(MapRef map, List<Bytes> keys, long elemFlags) implements Step {
        /** Copies the list. */
        public DeleteBatch {
            keys = List.copyOf(keys);
        }
    }

    /** Compares, then runs one of two lists, all or nothing. */
    record Txn(List<Compare> compare, List<Step> then, List<Step> otherwise) implements Command {
        /** Copies the lists. */
        public Txn {
            compare = List.copyOf(compare);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /** Sets and removes labels of a node. */
    record SetLabels(String node, SortedMap<String, String> set, List<String> remove)
            implements
                Command {
        /** Copies map and list. */
        public SetLabels {
            set = new TreeMap<>(set);
            remove = List.copyOf(remove);
        }
    }

    /** Where the template of an outer map comes from. */
    sealed interface InnerSource {
        /** Nowhere: the map is no outer map. */
        record None() implements InnerSource {}

        /** It is copied from a map, the kernel's inner_map_fd. */
        record CopiedFrom(MapRef map) implements InnerSource {}

        /** It is given in the command. */
        record Given(InnerTemplate template) implements InnerSource {}
    }

    /** One condition of a transaction. */
    sealed interface Compare {
        /** The map that is looked at. */
        MapRef map();

        /** The map is there, or not. */
        record MapExists(MapRef map, boolean expected) implements Compare {}

        /** The last revision that changed the map. */
        record MapRevision(MapRef map, long expected) implements Compare {}

        /** The map is there, and nothing in it has changed after a revision. */
        record MapUnchangedSince(MapRef map, long revision) implements Compare {}

        /** An element is there, or not. */
        record ElementExists(MapRef map, Bytes key, boolean expected) implements Compare {}

        /** An element has a value. */
        record ElementEquals(MapRef map, Bytes key, Value expected) implements Compare {}
    }
}
