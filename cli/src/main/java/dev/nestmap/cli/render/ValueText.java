package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import java.util.stream.Collectors;

/** Values on one line: bytes in hexadecimal, maps by the words that name them in a command. */
public final class ValueText {
    private final InnerMaps maps;

    /** Names maps as far as they are found. */
    public ValueText(InnerMaps maps) {
        this.maps = maps;
    }

    /** One value, in bytes. */
    public String of(Value value) {
        return of(value, NamedFields.NONE);
    }

    /** One value, by field name where there are names. */
    public String of(Value value, NamedFields names) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> names.value(bytes).orElseGet(bytes::toString);
            case Value.PerCpu(var values) -> values.stream()
                    .map(bytes -> names.value(bytes).orElseGet(bytes::toString))
                    .collect(Collectors.joining(", ", "[", "]"));
            case Value.Slot(MapRef.ByName(String _, String name)) -> "name " + name;
            case Value.Slot(MapRef.ById(long id)) -> maps.find(id)
                    .map(map -> slot(map))
                    .orElse("id " + Long.toUnsignedString(id));
            case Value.Slot(MapRef.ByPin(String path)) -> "pinned " + path;
            case Value.Expression(String text) -> text;
        };
    }

    private static String slot(MapDescription map) {
        String id = Long.toUnsignedString(map.id());
        return map.unlinked()
                ? "id %s (was %s, removed)".formatted(id, map.spec().name())
                : "name %s (id %s)".formatted(map.spec().name(), id);
    }
}
