package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.Shape;
import dev.nestmap.model.btf.ValueReader;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For people, elements of a map with BTF: in bpftool's layout, values as they can be typed again ({@code "10.0.0.1"} where
 * bpftool has the number of its bytes in the host's order). One thread uses it.
 */
final class TypedText implements MapRenderer {
    private final MapRenderer others;
    private final MapBtf.Resolved types;
    private final StringBuilder buffer = new StringBuilder();
    private JsonWriter dump = Json.PRETTY.writer(buffer);

    TypedText(MapRenderer others, MapBtf.Resolved types) {
        this.others = others;
        this.types = types;
    }

    @Override
    public String found(Element element, InnerMaps maps) {
        return Json.PRETTY.text(out -> entry(out, element));
    }

    @Override
    public String beginDump() {
        buffer.setLength(0);
        dump = Json.PRETTY.writer(buffer);
        dump.array();
        return taken();
    }

    @Override
    public String dumped(Element element, InnerMaps maps) {
        entry(dump, element);
        return taken();
    }

    @Override
    public String endDump(long elements) {
        dump.endArray();
        return taken() + "\n";
    }

    private String taken() {
        String text = buffer.toString();
        buffer.setLength(0);
        return text;
    }

    private void entry(JsonWriter out, Element element) {
        out.object();
        if (element.key().size() > 0) {
            part(out.name("key"), types.key(), element.key());
        }
        switch (element.value()) {
            case Value.Data(Bytes bytes) -> part(out.name("value"), types.value(), bytes);
            case Value.PerCpu(List<Bytes> values) -> {
                out.name("values").array();
                for (int cpu = 0; cpu < values.size(); cpu++) {
                    out.object().member("cpu", cpu);
                    part(out.name("value"), types.value(), values.get(cpu));
                    out.endObject();
                }
                out.endArray();
            }
            case Value.Expression(String text) -> out.member("value", text);
            case Value.Slot(MapRef inner) -> out.member("value", inner.toString());
        }
        out.endObject();
    }

    private static void part(JsonWriter out, Shape shape, Bytes bytes) {
        if (bytes.size() == shape.sizeBytes()) {
            DatumJson.write(out, ValueReader.read(shape, bytes));
        } else {
            out.value(bytes.toString());
        }
    }

    @Override
    public String map(MapDescription map) {
        return others.map(map);
    }

    @Override
    public String maps(List<MapDescription> maps) {
        return others.maps(maps);
    }

    @Override
    public String created(MapDescription map, long revision) {
        return others.created(map, revision);
    }

    @Override
    public String removed(long revision, Survivor survivor) {
        return others.removed(revision, survivor);
    }

    @Override
    public String changed(long revision) {
        return others.changed(revision);
    }

    @Override
    public String notFound(Bytes key) {
        return others.notFound(key);
    }

    @Override
    public String head(Value value) {
        return others.head(value);
    }

    @Override
    public String beginInner(Element slot, InnerMaps maps) {
        return others.beginInner(slot, maps);
    }

    @Override
    public String inner(Element element) {
        return others.inner(element);
    }

    @Override
    public String endInner(long elements) {
        return others.endInner(elements);
    }

    @Override
    public Emptiness empty() {
        return others.empty();
    }

    @Override
    public String nextKey(@Nullable Bytes key, Bytes next) {
        return others.nextKey(key, next);
    }

    @Override
    public String dumpedEmpty(MapSpec spec, Bytes key) {
        return others.dumpedEmpty(spec, key);
    }
}
