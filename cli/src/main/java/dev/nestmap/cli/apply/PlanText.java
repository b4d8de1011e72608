package dev.nestmap.cli.apply;

import dev.nestmap.cli.apply.Plan.Action;
import dev.nestmap.cli.apply.Plan.ElementChange;
import dev.nestmap.cli.apply.Plan.Freeze;
import dev.nestmap.cli.apply.Plan.MapPlan;
import dev.nestmap.cli.render.NamedFields;
import dev.nestmap.cli.render.Placements;
import dev.nestmap.cli.render.Terminal;
import dev.nestmap.cli.render.Terminal.Colour;
import dev.nestmap.cli.render.ValueText;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Plans for people. */
public final class PlanText {
    private final Terminal terminal;
    private final ValueText values;

    /** Names inner maps as far as they are known. */
    public PlanText(Terminal terminal, ValueText values) {
        this.terminal = terminal;
        this.values = values;
    }

    /** One line for each map: {@code map default/routes configured (1 set, 2 deleted)}. */
    public String summary(Plan plan) {
        StringBuilder out = new StringBuilder();
        for (MapPlan map : plan.maps()) {
            List<String> parts = new ArrayList<>();
            if (map.set() > 0) {
                parts.add(map.set() + " set");
            }
            if (map.deleted() > 0) {
                parts.add(map.deleted() + " deleted");
            }
            if (map.movedFrom().isPresent()) {
                parts.add("placed on " + Placements.text(map.spec().placement()));
            }
            if (map.freeze() == Freeze.YES) {
                parts.add("frozen");
            }
            out.append("map %s/%s %s%s\n".formatted(map.map().namespace(), map.map().name(),
                    terminal.onOut(map.action().word(), colour(map.action())),
                    parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")"));
        }
        return out.toString();
    }

    private static Colour colour(Action action) {
        return switch (action) {
            case CREATED, UNCHANGED -> Colour.GREEN;
            case CONFIGURED -> Colour.YELLOW;
        };
    }

    /** What changes, a line for each element that goes away and for each that comes; empty where nothing does. */
    public String difference(Plan plan) {
        StringBuilder out = new StringBuilder();
        for (MapPlan map : plan.maps()) {
            if (map.action() != Action.UNCHANGED) {
                difference(out, map);
            }
        }
        return out.toString();
    }

    private void difference(StringBuilder out, MapPlan map) {
        out.append("map %s/%s\n".formatted(map.map().namespace(), map.map().name()));
        if (map.action() == Action.CREATED) {
            added(out, definition(map.spec()));
        }
        map.movedFrom().ifPresent(before -> {
            removed(out, "placement " + Placements.text(before));
            added(out, "placement " + Placements.text(map.spec().placement()));
        });
        NamedFields names = NamedFields.of(map.spec().btf());
        for (ElementChange change : map.changes()) {
            element(names, change.key(), change.before(), text -> removed(out, text));
            element(names, change.key(), change.after(), text -> added(out, text));
        }
        if (map.freeze() == Freeze.YES) {
            added(out, "frozen");
        }
    }

    private void element(NamedFields names, Bytes key, @Nullable Value value,
            Consumer<String> line) {
        if (value != null) {
            line.accept("key: %s  value: %s".formatted(
                    names.key(key).orElseGet(key::toString), values.of(value, names)));
        }
    }

    private void added(StringBuilder out, String text) {
        out.append(terminal.onOut("+ " + text, Colour.GREEN)).append('\n');
    }

    private void removed(StringBuilder out, String text) {
        out.append(terminal.onOut("- " + text, Colour.RED)).append('\n');
    }

    private static String definition(MapSpec spec) {
        return "type %s  key %s  value %s  entries %s  flags 0x%x  placement %s".formatted(
                spec.type().word(), Integer.toUnsignedString(spec.keySize()),
                Integer.toUnsignedString(spec.valueSize()),
                Integer.toUnsignedString(spec.maxEntries()), spec.flags(),
                Placements.text(spec.placement()))
                + (spec.publish() == Publish.IN_PLACE
                        ? ""
                        : "  publish " + spec.publish().word())
                + (spec.ownership() == MapRules.ownership(spec.type())
                        ? ""
                        : "  ownership " + spec.ownership().word())
                + (spec.unresolved() == Unresolved.KEEP
                        ? ""
                        : "  unresolved " + spec.unresolved().word());
    }
}
