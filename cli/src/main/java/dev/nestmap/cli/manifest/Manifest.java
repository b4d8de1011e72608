package dev.nestmap.cli.manifest;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.List;
import java.util.Optional;

/**
 * A map as a document wants it.
 *
 * @param spec its own inner template is null: see {@code inner}
 * @param inner where the template of an outer map comes from
 * @param naming whether the name is the store's, or only that of other documents for a map without one
 * @param freezing whether it is to be frozen
 * @param placing whether it says where the map is wanted
 * @param contents empty: the elements are nobody's business here
 */
public record Manifest(
        Source source,
        MapSpec spec,
        InnerSource inner,
        Naming naming,
        Freezing freezing,
        Placing placing,
        Optional<Contents> contents) {
    /** What documents call it, and the store where it has a name there. */
    public MapRef.ByName ref() {
        return spec.ref();
    }

    /** True for a map that has no name in the store and lives by the slots that hold it. */
    public boolean isUnlinked() {
        return naming == Naming.UNLINKED;
    }

    /** Whether the map has a name in the store. */
    public enum Naming {
        /** It has. */
        NAMED,
        /** It has none, and lives while slots hold it. */
        UNLINKED
    }

    /** Whether a document says on which nodes its map is wanted. */
    public enum Placing {
        /** It does. */
        SAID,
        /** It does not: a map that is there stays where it is wanted, a new one is wanted everywhere. */
        UNSAID
    }

    /** Whether a document freezes its map. */
    public enum Freezing {
        /** It says nothing. */
        UNSAID,
        /** It does. */
        FROZEN,
        /** It wants the map to be open to writes. */
        NOT_FROZEN
    }

    /** What becomes of elements that the document does not list. */
    public enum Others {
        /** They stay. */
        KEPT,
        /** They are deleted. */
        PRUNED
    }

    /** The elements of a document, each key once. */
    public record Contents(Others others, List<Item> items) {
        /** Copies the list. */
        public Contents {
            items = List.copyOf(items);
        }
    }

    /**
     * One element.
     *
     * @param key empty for maps without keys
     * @param source where it is written
     */
    public record Item(Bytes key, Value value, Source source) {}

    /**
     * A place in a file.
     *
     * @param field its path in the document
     */
    public record Source(String file, int line, int column, String field) {
        /** A sentence about it. */
        public String says(String problem) {
            return "%s:%d:%d: %s%s".formatted(file, line, column,
                    field.isEmpty() ? "" : field + ": ", problem);
        }
    }
}
