package dev.nestmap.cli.manifest;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.Shape;
import dev.nestmap.model.btf.ValueWriter;
import dev.nestmap.model.map.MapSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code {fields: ...}}: a key or value by the names of its BTF. Types are asked for when first needed. One thread uses it. */
final class NamedForm {
    private final MapSpec spec;
    private final KnownTypes known;
    private MapBtf.@Nullable Resolved types;

    NamedForm(MapSpec spec, KnownTypes known) {
        this.spec = spec;
        this.known = known;
    }

    /** A key or a value of the map. */
    enum Part {
        KEY("spec.key"), VALUE("spec.value");

        private final String rule;

        Part(String rule) {
            this.rule = rule;
        }

        /** What says how large it is. */
        String rule() {
            return rule;
        }
    }

    int sizeBytes(Part part) {
        return part == Part.KEY ? spec.keySize() : spec.valueSize();
    }

    Bytes bytes(Field field, Part part) throws ManifestException {
        MapBtf.Resolved resolved = types(field);
        Shape shape = part == Part.KEY ? resolved.key() : resolved.value();
        return switch (ValueWriter.write(field.path(), shape, field.datum())) {
            case Outcome.Done<Bytes>(Bytes bytes) -> bytes;
            case Outcome.Refused<Bytes>(Refusal refusal) ->
                throw ManifestException.at(field.file(), field.place(), "", refusal.rule());
        };
    }

    private MapBtf.Resolved types(Field field) throws ManifestException {
        MapBtf.Resolved found = types;
        if (found == null) {
            MapBtf given = spec.btf();
            Optional<MapBtf> btf = given != null ? Optional.of(given) : known.of(spec.ref());
            if (btf.isEmpty()) {
                throw field.wrong(
                        ("the map \"%s\" has no BTF that names fields: import its object file first (nestmap "
                                + "import), give spec.btf as export writes it, or write bytes")
                                .formatted(spec.name()));
            }
            found = switch (btf.get().resolve()) {
                case Outcome.Done<MapBtf.Resolved>(MapBtf.Resolved resolved) -> resolved;
                case Outcome.Refused<MapBtf.Resolved>(Refusal refusal) ->
                    throw field.wrong(refusal.rule());
            };
            types = found;
        }
        return found;
    }
}
