package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** For programs. One thread uses it. */
public final class MapJson implements MapRenderer {
    private final Json form;
    private final Detail detail;
    private final MapBtf.@Nullable Resolved types;
    private final StringBuilder buffer = new StringBuilder();
    /** Of the dump under way: it spans several texts. */
    private JsonWriter dump;

    /** How much is shown. */
    public enum Detail {
        /** What bpftool prints, no member more: null for a write that was done. */
        BPFTOOL,
        /** Behind bpftool's members all that the store knows: revisions, names of inner maps, placement. */
        STORE
    }

    /** Renders in a form. */
    public MapJson(Json form, Detail detail) {
        this(form, detail, null);
    }

    private MapJson(Json form, Detail detail, MapBtf.@Nullable Resolved types) {
        this.form = form;
        this.detail = detail;
        this.types = types;
        this.dump = form.writer(buffer);
    }

    @Override
    public MapRenderer typed(MapBtf.Resolved shapes) {
        return new MapJson(form, detail, shapes);
    }

    @Override
    public String map(MapDescription map) {
        return form.text(out -> describe(out, map));
    }

    @Override
    public String maps(List<MapDescription> maps) {
        return form.text(out -> {
            out.array();
            maps.forEach(map -> describe(out, map));
            out.endArray();
        });
    }

    @Override
    public String created(MapDescription map, long revision) {
        return done(out -> out.name("id").unsigned(map.id()).member("revision", revision));
    }

    @Override
    public String removed(long revision, Survivor survivor) {
        return done(out -> out.member("revision", revision)
                .name("still_referenced")
                .truth(survivor == Survivor.HELD_BY_SLOTS));
    }

    @Override
    public String changed(long revision) {
        return done(out -> out.member("revision", revision));
    }

    private String done(Consumer<JsonWriter> members) {
        return form.text(out -> {
            switch (detail) {
                case BPFTOOL -> out.nothing();
                case STORE -> {
                    members.accept(out.object());
                    out.endObject();
                }
            }
        });
    }

    @Override
    public String found(Element element, InnerMaps maps) {
        return form.text(out -> entry(out, element, maps));
    }

    @Override
    public String notFound(Bytes key) {
        return form.text(JsonWriter::nothing);
    }

    @Override
    public String head(Value value) {
        return form
                .text(out -> entry(out, new Element(Bytes.empty(), value), _ -> Optional.empty()));
    }

    @Override
    public Emptiness empty() {
        return new Emptiness(form.text(JsonWriter::nothing), "");
    }

    @Override
    public String nextKey(@Nullable Bytes key, Bytes next) {
        return form.text(out -> {
            out.object().name("key");
            if (key == null) {
                out.nothing();
            } else {
                Hex.json(out, key);
            }
            Hex.json(out.name("next_key"), next);
            out.endObject();
        });
    }

    @Override
    public String beginDump() {
        buffer.setLength(0);
        dump = form.writer(buffer);
        dump.array();
        return taken();
    }

    @Override
    public String dumped(Element element, InnerMaps maps) {
        entry(dump, element, maps);
        return taken();
    }

    @Override
    public String dumpedEmpty(MapSpec spec, Bytes key) {
        Hex.json(dump.object().name("key"), key);
        dump.name("value")
                .object()
                .member("error", "No such file or directory")
                .endObject()
                .endObject();
        return taken();
    }

    @Override
    public String beginInner(Element slot, InnerMaps maps) {
        openEntry(dump, slot, maps);
        dump.name("inner_map").object();
        if (slot.value() instanceof Value.Slot(MapRef.ById(long id))) {
            dump.name("id").unsigned(id);
            maps.find(id).ifPresent(map -> dump.member("name", map.spec().name()));
        }
        dump.name("elements").array();
        return taken();
    }

    @Override
    public String inner(Element element) {
        entry(dump, element, _ -> Optional.empty());
        return taken();
    }

    @Override
    public String endInner(long elements) {
        dump.endArray().endObject().endObject();
        return taken();
    }

    @Override
    public String endDump(long elements) {
        dump.endArray();
        return taken() + form.end();
    }

    private String taken() {
        String text = buffer.toString();
        buffer.setLength(0);
        return text;
    }

    private void entry(JsonWriter out, Element element, InnerMaps maps) {
        openEntry(out, element, maps);
        formatted(out, element);
        out.endObject();
    }

    private void openEntry(JsonWriter out, Element element, InnerMaps maps) {
        Hex.json(out.object().name("key"), element.key());
        switch (element.value()) {
            case Value.Data(Bytes bytes) -> Hex.json(out.name("value"), bytes);
            case Value.Slot(MapRef inner) -> slot(out.name("value"), inner, maps);
            case Value.Expression(String text) ->
                out.name("value").object().member("expression", text).endObject();
            case Value.PerCpu(List<Bytes> values) -> perCpu(out, values);
        }
    }

    private void formatted(JsonWriter out, Element element) {
        if (types != null) {
            Formatted.write(out, types, element);
        }
    }

    private static void perCpu(JsonWriter out, List<Bytes> values) {
        out.name("values").array();
        for (int cpu = 0; cpu < values.size(); cpu++) {
            out.object().member("cpu", cpu).name("value");
            Hex.json(out, values.get(cpu));
            out.endObject();
        }
        out.endArray();
    }

    /** The kernel shows the inner map's id as four bytes; ours has eight, so the whole of it follows. */
    private void slot(JsonWriter out, MapRef inner, InnerMaps maps) {
        if (!(inner instanceof MapRef.ById(long id))) {
            out.nothing();
            return;
        }
        Hex.json(out, Bytes.u32le((int) id));
        if (detail == Detail.BPFTOOL) {
            return;
        }
        out.name("inner_map_id").unsigned(id);
        Optional<MapDescription> map = maps.find(id);
        map.ifPresent(found -> out.member("inner_map_name", found.spec().name()));
    }

    private void describe(JsonWriter out, MapDescription map) {
        MapSpec spec = map.spec();
        out.object()
                .name("id")
                .unsigned(map.id())
                .member("type", spec.type().word())
                .member("name", spec.name())
                .member("flags", Integer.toUnsignedLong(spec.flags()))
                .member("bytes_key", Integer.toUnsignedLong(spec.keySize()))
                .member("bytes_value", Integer.toUnsignedLong(spec.valueSize()))
                .member("max_entries", spec.capacity())
                .member("frozen", map.frozen() ? 1 : 0);
        if (detail == Detail.STORE) {
            describeMore(out, map);
        }
        out.endObject();
    }

    private static void describeMore(JsonWriter out, MapDescription map) {
        MapSpec spec = map.spec();
        if (!spec.pinPath().isEmpty()) {
            out.member("pinned", List.of(spec.pinPath()));
        }
        TypeNames.of(spec.btf())
                .ifPresent(types -> out.member("key_type", types.key())
                        .member("value_type", types.value()));
        if ((spec.flags() & MapFlags.NUMA_NODE) != 0) {
            out.member("numa_node", spec.numaNode());
        }
        if (spec.mapExtra() != 0) {
            out.name("map_extra").unsigned(spec.mapExtra());
        }
        if (MapRules.namesObjects(spec.type()) || spec.unresolved() != Unresolved.KEEP) {
            out.member("unresolved", spec.unresolved().word());
        }
        out.member("namespace", spec.namespace())
                .member("ownership", spec.ownership().word())
                .member("placement", Placements.text(spec.placement()))
                .member("elements", map.elements())
                .member("slot_references", map.slotReferences())
                .name("removed")
                .truth(map.unlinked())
                .member("created_revision", map.createdRevision())
                .member("revision", map.modifiedRevision());
        InnerTemplate inner = spec.innerTemplate();
        if (inner != null) {
            out.name("inner_map")
                    .object()
                    .member("type", inner.type().word())
                    .member("bytes_key", Integer.toUnsignedLong(inner.keySize()))
                    .member("bytes_value", Integer.toUnsignedLong(inner.valueSize()))
                    .member("max_entries", Integer.toUnsignedLong(inner.maxEntries()))
                    .member("flags", Integer.toUnsignedLong(inner.flags()))
                    .endObject()
                    .member("publish", spec.publish().word());
        }
    }
}
