package dev.nestmap.cli.manifest;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import java.util.Optional;

/** The forms of a value: those of {@link DataForms}, the map of a slot, what each node works out for itself. */
final class ValueForms {
    private ValueForms() {}

    static Value read(Field field, MapSpec spec) throws ManifestException {
        if (field.isMapping()) {
            Fields fields = field.mapping();
            Optional<Field> name = fields.maybe("map");
            Optional<Field> id = fields.maybe("mapId");
            Optional<Field> ifindex = fields.maybe("ifindex");
            Optional<Field> expression = fields.maybe("expression");
            Optional<Value> special = name.isPresent()
                    ? Optional.of(slot(name.get(), spec))
                    : id.isPresent()
                            ? Optional.of(new Value.Slot(
                                    new MapRef.ById(id.get().unsigned(64).longValue())))
                            : ifindex.isPresent()
                                    ? Optional.of(expression(ifindex.get(),
                                            "ifindex(\"%s\")".formatted(ifindex.get().text())))
                                    : expression.isPresent()
                                            ? Optional.of(expression(expression.get(),
                                                    expression.get().text()))
                                            : Optional.empty();
            if (special.isPresent()) {
                fields.finish();
                return special.get();
            }
        }
        if (spec.type().isOuter()) {
            throw field.wrong("the value of a slot is a map: write {map: NAME}");
        }
        return new Value.Data(DataForms.read(field, spec.valueSize(), "spec.value"));
    }

    private static Value slot(Field name, MapSpec spec) throws ManifestException {
        if (!spec.type().isOuter()) {
            throw name.wrong("only array_of_maps and hash_of_maps hold maps, spec.type is "
                    + spec.type().word());
        }
        return new Value.Slot(new MapRef.ByName(spec.namespace(), name.text()));
    }

    private static Value expression(Field field, String text) throws ManifestException {
        NodeExpression expression = NodeExpression.parse(text)
                .orElseThrow(() -> field.wrong("%s is no expression that a node can work out"
                        .formatted(text)));
        return new Value.Expression(expression.toString());
    }
}
