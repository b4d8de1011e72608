package dev.nestmap.cli.render;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes, one to a line. Knows the maps that it has seen. One thread uses it. */
public final class WatchRenderer {
    private static final long NO_MAP = 0;

    private final Optional<Json> form;
    private final InnerMaps maps;
    private final Map<Long, MapDescription> seen = new HashMap<>();
    private final Map<Long, NamedFields> names = new HashMap<>();
    private final ValueText values;

    /** For programs in a form of JSON, for people without. */
    public WatchRenderer(Optional<Json> form, InnerMaps maps) {
        this.form = form.map(_ -> Json.COMPACT);
        this.maps = maps;
        this.values = new ValueText(this::find);
    }

    private Optional<MapDescription> find(long id) {
        MapDescription known = seen.get(id);
        return known != null ? Optional.of(known) : maps.find(id);
    }

    /** All lines of an event; none for a progress mark. */
    public String event(WatchEvent event) {
        StringBuilder out = new StringBuilder();
        if (event.snapshot()) {
            line(out, event, NO_MAP, "", "snapshot", Optional.empty(), Optional.empty());
        } else if (event.coalesced()) {
            line(out, event, NO_MAP, "", "coalesced", Optional.empty(), Optional.empty());
        }
        event.changes().forEach(change -> change(out, event, change));
        return out.toString();
    }

    private void change(StringBuilder out, WatchEvent event, MapChange change) {
        MapDescription before = seen.get(change.mapId());
        MapDescription after = change.description();
        if (after != null) {
            seen.put(change.mapId(), after);
        }
        String name = find(change.mapId())
                .map(map -> map.spec().namespace() + "/" + map.spec().name())
                .orElse("id " + Long.toUnsignedString(change.mapId()));
        if (change.removed()) {
            line(out, event, change.mapId(), name, "gone", Optional.empty(), Optional.empty());
            seen.remove(change.mapId());
            names.remove(change.mapId());
            return;
        }
        if (after != null
                && (event.snapshot() || after.createdRevision() == event.revision())) {
            line(out, event, change.mapId(), name, "defined", Optional.empty(), Optional.empty());
        }
        for (Element element : change.set()) {
            line(out, event, change.mapId(), name, "set", Optional.of(element.key()),
                    Optional.of(element.value()));
        }
        for (Bytes key : change.deleted()) {
            line(out, event, change.mapId(), name, "deleted", Optional.of(key), Optional.empty());
        }
        if (after != null && after.frozen() && (before == null || !before.frozen())) {
            line(out, event, change.mapId(), name, "frozen", Optional.empty(), Optional.empty());
        }
        if (after != null && isPlaced(event, change, before, after)) {
            placed(out, event, name, Placements.text(after.spec().placement()));
        }
        if (after != null && after.unlinked() && (before == null || !before.unlinked())) {
            line(out, event, change.mapId(), name, "removed", Optional.empty(), Optional.empty());
        }
    }

    /** Of a map that was not seen before it is told by what did not change. */
    private static boolean isPlaced(WatchEvent event, MapChange change,
            @Nullable MapDescription before, MapDescription after) {
        if (before != null) {
            return !before.spec().placement().equals(after.spec().placement());
        }
        boolean single = !event.snapshot() && !event.coalesced();
        boolean alive = !after.frozen() && !after.unlinked();
        return single && alive && change.set().isEmpty() && change.deleted().isEmpty()
                && after.createdRevision() != event.revision()
                && after.modifiedRevision() == event.revision();
    }

    private void placed(StringBuilder out, WatchEvent event, String map, String placement) {
        out.append(form.isEmpty()
                ? "%d  %s  placed on %s\n".formatted(event.revision(), map, placement)
                : form.get()
                        .text(json -> json.object()
                                .member("revision", event.revision())
                                .member("map", map)
                                .member("event", "placed")
                                .member("placement", placement)
                                .endObject()));
    }

    private void line(StringBuilder out, WatchEvent event, long mapId, String map, String what,
            Optional<Bytes> key, Optional<Value> value) {
        NamedFields named = key.isEmpty()
                ? NamedFields.NONE
                : names.computeIfAbsent(mapId, id -> find(id)
                        .map(found -> NamedFields.of(found.spec().btf()))
                        .orElse(NamedFields.NONE));
        if (form.isEmpty()) {
            out.append("%d  %s%s".formatted(event.revision(), map.isEmpty() ? "" : map + "  ",
                    what));
            key.ifPresent(bytes -> out.append("  key: ")
                    .append(named.key(bytes).orElseGet(bytes::toString)));
            value.ifPresent(
                    given -> out.append("  value: ").append(values.of(given, named)));
            out.append('\n');
            return;
        }
        out.append(form.get().text(json -> {
            json.object().member("revision", event.revision());
            if (!map.isEmpty()) {
                json.member("map", map);
            }
            json.member("event", what);
            key.ifPresent(bytes -> json.member("key", bytes.toString()));
            value.ifPresent(given -> json.member("value", values.of(given)));
            key.ifPresent(bytes -> Formatted.write(json, named, bytes, value
                    .map(given -> Map.of("value", given))
                    .orElse(Map.of())));
            json.endObject();
        }));
    }
}
