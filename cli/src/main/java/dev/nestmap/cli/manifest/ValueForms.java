package dev.nestmap.cli.manifest;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The forms of a value: those of {@link DataForms}, the map of a slot, what each node works out for itself. */
final class ValueForms {
    private ValueForms() {}

    static Value read(Field field, MapSpec spec, NamedForm named)
            throws ManifestException {
        if (field.isMapping()) {
            Fields fields = field.mapping();
            Optional<Value> special = special(fields, spec, named);
            if (special.isPresent()) {
                fields.finish();
                return special.get();
            }
        }
        if (spec.type().isOuter()) {
            throw field.wrong("the value of a slot is a map: write {map: NAME}");
        }
        return new Value.Data(DataForms.read(field, NamedForm.Part.VALUE, named));
    }

    private static Optional<Value> special(Fields fields, MapSpec spec, NamedForm named)
            throws ManifestException {
        Optional<Field> field = fields.maybe("map");
        if (field.isPresent()) {
            return Optional.of(slot(field.get(), spec,
                    new MapRef.ByName(spec.namespace(), field.get().text())));
        }
        field = fields.maybe("mapId");
        if (field.isPresent()) {
            throw field.get()
                    .wrong("ids are of one store, and another map's in the next: write {map: NAME}; NAME may be a "
                            + "document with metadata.unlinked: true for a map that has no name in the store");
        }
        field = fields.maybe("ifindex");
        if (field.isPresent()) {
            return Optional.of(expression(field.get(),
                    "ifindex(\"%s\")".formatted(field.get().text())));
        }
        field = fields.maybe("expression");
        if (field.isPresent()) {
            return Optional.of(expression(field.get(), field.get().text()));
        }
        field = fields.maybe("perCpu");
        return field.isPresent() ? Optional.of(perCpu(field.get(), spec, named)) : Optional.empty();
    }

    private static Value perCpu(Field field, MapSpec spec, NamedForm named)
            throws ManifestException {
        if (!MapRules.isPerCpu(spec.type())) {
            throw field.wrong("only per-CPU types have a value for each CPU, spec.type is "
                    + spec.type().word());
        }
        List<Bytes> values = new ArrayList<>();
        for (Field value : field.list()) {
            values.add(DataForms.read(value, NamedForm.Part.VALUE, named));
        }
        if (values.isEmpty()) {
            throw field.wrong("is empty: write a value for each possible CPU of the nodes");
        }
        return new Value.PerCpu(values);
    }

    private static Value slot(Field name, MapSpec spec, MapRef map)
            throws ManifestException {
        if (!spec.type().isOuter()) {
            throw name.wrong("only array_of_maps and hash_of_maps hold maps, spec.type is "
                    + spec.type().word());
        }
        return new Value.Slot(map);
    }

    private static Value expression(Field field, String text) throws ManifestException {
        NodeExpression expression = NodeExpression.parse(text)
                .orElseThrow(() -> field.wrong("%s is no expression that a node can work out"
                        .formatted(text)));
        return new Value.Expression(expression.toString());
    }
}
