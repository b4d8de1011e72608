package dev.nestmap.cli.render;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Changes, one to a line. Knows the maps that it has seen. One thread uses it. */
public final class WatchRenderer {
    private final Optional<Json> form;
    private final InnerMaps maps;
    private final Map<Long, MapDescription> seen = new HashMap<>();
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
            line(out, event, "", "snapshot", Optional.empty(), Optional.empty());
        } else if (event.coalesced()) {
            line(out, event, "", "coalesced", Optional.empty(), Optional.empty());
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
            line(out, event, name, "gone", Optional.empty(), Optional.empty());
            seen.remove(change.mapId());
            return;
        }
        if (after != null
                && (event.snapshot() || after.createdRevision() == event.revision())) {
            line(out, event, name, "defined", Optional.empty(), Optional.empty());
        }
        for (Element element : change.set()) {
            line(out, event, name, "set", Optional.of(element.key()),
                    Optional.of(values.of(element.value())));
        }
        for (Bytes key : change.deleted()) {
            line(out, event, name, "deleted", Optional.of(key), Optional.empty());
        }
        if (after != null && after.frozen() && (before == null || !before.frozen())) {
            line(out, event, name, "frozen", Optional.empty(), Optional.empty());
        }
        if (after != null && after.unlinked() && (before == null || !before.unlinked())) {
            line(out, event, name, "removed", Optional.empty(), Optional.empty());
        }
    }

    private void line(StringBuilder out, WatchEvent event, String map, String what,
            Optional<Bytes> key, Optional<String> value) {
        if (form.isEmpty()) {
            out.append("%d  %s%s".formatted(event.revision(), map.isEmpty() ? "" : map + "  ",
                    what));
            key.ifPresent(bytes -> out.append("  key: ").append(bytes));
            value.ifPresent(text -> out.append("  value: ").append(text));
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
            value.ifPresent(text -> json.member("value", text));
            json.endObject();
        }));
    }
}
