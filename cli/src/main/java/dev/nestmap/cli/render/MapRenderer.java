package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints answers of map verbs. Texts end with a line end, except between {@link #beginDump} and {@link #endDump}. */
public interface MapRenderer {
    /** One map. */
    String map(MapDescription map);

    /** Several maps. */
    String maps(List<MapDescription> maps);

    /** A map was created. */
    String created(MapDescription map, long revision);

    /** A name was removed; {@code survivor} says that slots hold the map still. */
    String removed(long revision, Survivor survivor);

    /** An element was written or deleted, or a map frozen. */
    String changed(long revision);

    /** A key with its value. */
    String found(Element element, InnerMaps maps);

    /** A key that is not there. */
    String notFound(Bytes key);

    /** What lies at the head of a queue or stack. */
    String head(Value value);

    /** A queue or stack has nothing. */
    Emptiness empty();

    /**
     * How it is said that there is nothing.
     *
     * @param answer in the place of a value
     * @param complaint beside it
     */
    record Emptiness(String answer, String complaint) {}

    /** A key and the next one; null stands for the place before the first. */
    String nextKey(@Nullable Bytes key, Bytes next);

    /** Before the first element of a dump. */
    String beginDump();

    /** One more element of a dump. */
    String dumped(Element element, InnerMaps maps);

    /** One more key of a dump, an index of an array-like type that holds nothing. */
    String dumpedEmpty(MapSpec spec, Bytes key);

    /** One more element of a dump, a slot; the elements of its map follow. */
    String beginInner(Element slot, InnerMaps maps);

    /** One more element of the map in a slot. */
    String inner(Element element);

    /** Behind the last element of the map in a slot. */
    String endInner(long elements);

    /** Behind the last element of a dump. */
    String endDump(long elements);

    /** The same for elements of a map with BTF, whose keys and values have these types. */
    default MapRenderer typed(MapBtf.Resolved types) {
        return this;
    }

    /** What became of a map whose name was removed. */
    enum Survivor {
        /** Nothing held it: it is gone. */
        NONE,
        /** Slots hold it. */
        HELD_BY_SLOTS
    }
}
