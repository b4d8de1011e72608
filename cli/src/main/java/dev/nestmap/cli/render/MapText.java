package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** For people: what bpftool prints without -j (print_entry_plain and others in its map.c). */
public final class MapText implements MapRenderer {
    private static final int SLOT_BYTES = 4;

    @Override
    public MapRenderer typed(MapBtf.Resolved types) {
        return new TypedText(this, types);
    }

    @Override
    public String map(MapDescription map) {
        return MapParagraph.of(map);
    }

    @Override
    public String maps(List<MapDescription> maps) {
        return maps.stream().map(this::map).collect(Collectors.joining());
    }

    @Override
    public String created(MapDescription map, long revision) {
        return "id %s  revision %d\n".formatted(Long.toUnsignedString(map.id()), revision);
    }

    @Override
    public String removed(long revision, Survivor survivor) {
        return switch (survivor) {
            case NONE -> changed(revision);
            case HELD_BY_SLOTS ->
                "revision %d  the map lives on in slots of outer maps\n".formatted(revision);
        };
    }

    @Override
    public String changed(long revision) {
        return "revision %d\n".formatted(revision);
    }

    @Override
    public String found(Element element, InnerMaps maps) {
        return dumped(element, maps);
    }

    @Override
    public String notFound(Bytes key) {
        StringBuilder out = new StringBuilder("key:\n");
        Hex.text(out, key);
        return out.append("\n\nNot found\n").toString();
    }

    @Override
    public String head(Value value) {
        StringBuilder out = new StringBuilder("value: ");
        if (value instanceof Value.Data(Bytes bytes)) {
            Hex.text(out, bytes);
        } else {
            out.append(value);
        }
        return out.append('\n').toString();
    }

    @Override
    public Emptiness empty() {
        return new Emptiness("", "Error: empty map\n");
    }

    @Override
    public String nextKey(@Nullable Bytes key, Bytes next) {
        StringBuilder out = new StringBuilder();
        if (key == null) {
            out.append("key: None\n");
        } else {
            out.append("key:\n");
            Hex.text(out, key);
            out.append('\n');
        }
        out.append("next key:\n");
        Hex.text(out, next);
        return out.append('\n').toString();
    }

    @Override
    public String beginDump() {
        return "";
    }

    @Override
    public String dumped(Element element, InnerMaps maps) {
        return switch (element.value()) {
            case Value.Data(Bytes bytes) -> {
                StringBuilder text = new StringBuilder();
                Hex.text(text, bytes);
                yield entry(element.key(), bytes.size(), text.toString());
            }
            case Value.Slot(MapRef inner) ->
                entry(element.key(), SLOT_BYTES, slot(inner, maps));
            case Value.Expression(String text) -> entry(element.key(), SLOT_BYTES, text);
            case Value.PerCpu(var values) -> perCpu(element.key(), values);
        };
    }

    private static String perCpu(Bytes key, List<Bytes> values) {
        StringBuilder out = new StringBuilder("key:\n");
        Hex.text(out, key);
        out.append('\n');
        for (int cpu = 0; cpu < values.size(); cpu++) {
            out.append("value (CPU %02d):%s".formatted(cpu,
                    values.get(cpu).size() > 16 ? "\n" : " "));
            Hex.text(out, values.get(cpu));
            out.append('\n');
        }
        return out.toString();
    }

    @Override
    public String dumpedEmpty(MapSpec spec, Bytes key) {
        return entry(key, SLOT_BYTES, "<no entry>");
    }

    @Override
    public String beginInner(Element slot, InnerMaps maps) {
        return dumped(slot, maps);
    }

    @Override
    public String inner(Element element) {
        return dumped(element, _ -> Optional.empty()).replaceAll("(?m)^(?=.)", "\t");
    }

    @Override
    public String endInner(long elements) {
        return "\t" + endDump(elements);
    }

    @Override
    public String endDump(long elements) {
        return "Found %d element%s\n".formatted(elements, elements == 1 ? "" : "s");
    }

    /** The sizes decide about line breaks, not the length of the text: the same for every element of a map. */
    private static String entry(Bytes key, int valueBytes, String value) {
        boolean breakNames = key.size() > 16 || valueBytes > 16;
        boolean singleLine = key.size() + valueBytes <= 24 && !breakNames;
        StringBuilder out = new StringBuilder(breakNames ? "key:\n" : "key: ");
        Hex.text(out, key);
        return out.append(singleLine ? "  " : "\n")
                .append(breakNames ? "value:\n" : "value: ")
                .append(value)
                .append('\n')
                .toString();
    }

    /** Begins with words that name the map in a command. */
    private static String slot(MapRef inner, InnerMaps maps) {
        if (!(inner instanceof MapRef.ById(long id))) {
            return inner.toString();
        }
        String number = Long.toUnsignedString(id);
        Optional<MapDescription> map = maps.find(id);
        return map.isEmpty()
                ? "id " + number
                : map.get().unlinked()
                        ? "id %s (was %s, removed)".formatted(number, map.get().spec().name())
                        : "name %s (id %s)".formatted(map.get().spec().name(), number);
    }
}
