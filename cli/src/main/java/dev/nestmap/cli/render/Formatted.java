package dev.nestmap.cli.render;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.BpftoolForm;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.Shape;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Map;

/** bpftool's {@code "formatted"}, beside the bytes of an element whose map has BTF. */
final class Formatted {
    private Formatted() {}

    static void write(JsonWriter out, MapBtf.Resolved types, Element element) {
        if (element.key().size() != types.key().sizeBytes()) {
            return;
        }
        switch (element.value()) {
            case Value.Data(Bytes bytes) -> {
                part(out.name("formatted").object().name("key"), types.key(), element.key());
                part(out.name("value"), types.value(), bytes);
                out.endObject();
            }
            case Value.PerCpu(List<Bytes> values) -> {
                part(out.name("formatted").object().name("key"), types.key(), element.key());
                out.name("values").array();
                for (int cpu = 0; cpu < values.size(); cpu++) {
                    out.object().member("cpu", cpu);
                    part(out.name("value"), types.value(), values.get(cpu));
                    out.endObject();
                }
                out.endArray().endObject();
            }
            case Value.Expression _,Value.Slot _ -> {
                // There are no bytes here to be read as a type.
            }
        }
    }

    /** The same of an element that changes, as far as there are names. */
    static void write(JsonWriter out, NamedFields names, Bytes key, Map<String, Value> values) {
        if (names.types().isEmpty() || names.types().get().key().sizeBytes() != key.size()) {
            return;
        }
        MapBtf.Resolved types = names.types().get();
        part(out.name("formatted").object().name("key"), types.key(), key);
        values.forEach((name, value) -> {
            switch (value) {
                case Value.Data(Bytes bytes) -> part(out.name(name), types.value(), bytes);
                case Value.PerCpu(List<Bytes> all) -> {
                    out.name(name).array();
                    all.forEach(bytes -> part(out, types.value(), bytes));
                    out.endArray();
                }
                case Value.Expression _,Value.Slot _ -> {
                    // There are no bytes here to be read as a type.
                }
            }
        });
        out.endObject();
    }

    private static void part(JsonWriter out, Shape shape, Bytes bytes) {
        DatumJson.write(out, BpftoolForm.read(shape, bytes));
    }
}
