package dev.nestmap.cli.render;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.btf.Datum;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.Shape;
import dev.nestmap.model.btf.ValueReader;
import dev.nestmap.model.btf.ValueWriter;
import dev.nestmap.model.map.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keys and values of a map with BTF by field name, on one line of JSON that can be typed again. */
public final class NamedFields {
    /** Of a map without BTF: there are no names. */
    public static final NamedFields NONE = new NamedFields(Optional.empty());

    private final Optional<MapBtf.Resolved> types;

    private NamedFields(Optional<MapBtf.Resolved> types) {
        this.types = types;
    }

    /** Of a map with these types; null, and types that make no sense: there are no names. */
    public static NamedFields of(@Nullable MapBtf btf) {
        return btf != null
                && btf.resolve() instanceof Outcome.Done<MapBtf.Resolved>(MapBtf.Resolved types)
                        ? new NamedFields(Optional.of(types))
                        : NONE;
    }

    /** What the names mean. */
    Optional<MapBtf.Resolved> types() {
        return types;
    }

    /** A key; empty where names do not say all of it, as where padding is not zero. */
    public Optional<String> key(Bytes key) {
        return types.flatMap(known -> text(known.key(), key));
    }

    /** A value, as {@link #key}. */
    public Optional<String> value(Bytes value) {
        return types.flatMap(known -> text(known.value(), value));
    }

    /** A member {@code formatted} as bpftool has it, for an element that changes; nothing where there are no names. */
    public void formatted(JsonWriter out, Bytes key, @Nullable Value before,
            @Nullable Value after) {
        Map<String, Value> values = new LinkedHashMap<>();
        if (before != null) {
            values.put("before", before);
        }
        if (after != null) {
            values.put("after", after);
        }
        Formatted.write(out, this, key, values);
    }

    private static Optional<String> text(Shape shape, Bytes bytes) {
        if (bytes.size() != shape.sizeBytes() || bytes.size() == 0) {
            return Optional.empty();
        }
        Datum datum = ValueReader.read(shape, bytes);
        return ValueWriter.write("", shape, datum) instanceof Outcome.Done<Bytes>(Bytes again)
                && again.equals(bytes)
                        ? Optional
                                .of(Json.COMPACT.inside(1).text(out -> DatumJson.write(out, datum)))
                        : Optional.empty();
    }
}
