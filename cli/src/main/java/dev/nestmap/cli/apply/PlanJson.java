package dev.nestmap.cli.apply;

import dev.nestmap.cli.apply.Plan.ElementChange;
import dev.nestmap.cli.apply.Plan.Freeze;
import dev.nestmap.cli.apply.Plan.MapPlan;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.render.JsonWriter;
import dev.nestmap.cli.render.NamedFields;
import dev.nestmap.cli.render.Placements;
import dev.nestmap.cli.render.ValueText;
import dev.nestmap.model.map.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plans for programs. */
public final class PlanJson {
    private final Json form;
    private final ValueText values;

    /** Names inner maps as far as they are known. */
    public PlanJson(Json form, ValueText values) {
        this.form = form;
        this.values = values;
    }

    /** What becomes of each map, and how many elements are concerned. */
    public String summary(Plan plan, long revision, int transactions) {
        return form.text(out -> {
            out.object()
                    .member("revision", revision)
                    .member("transactions", transactions)
                    .name("maps")
                    .array();
            plan.maps().forEach(map -> begin(out, map).endObject());
            out.endArray().endObject();
        });
    }

    /** Every change, and why it could not be made. */
    public String difference(Plan plan, List<PlanException> problems) {
        return form.text(out -> {
            out.object().member("revision", plan.revision()).name("maps").array();
            for (MapPlan map : plan.maps()) {
                NamedFields names = NamedFields.of(map.spec().btf());
                begin(out, map).name("changes").array();
                for (ElementChange change : map.changes()) {
                    out.object().member("key", change.key().toString());
                    value(out.name("before"), change.before());
                    value(out.name("after"), change.after());
                    names.formatted(out, change.key(), change.before(), change.after());
                    out.endObject();
                }
                out.endArray().endObject();
            }
            out.endArray();
            if (!problems.isEmpty()) {
                out.member("problems", problems.stream()
                        .map(problem -> String.valueOf(problem.getMessage()))
                        .toList());
            }
            out.endObject();
        });
    }

    private static JsonWriter begin(JsonWriter out, MapPlan map) {
        out.object()
                .member("namespace", map.map().namespace())
                .member("name", map.map().name())
                .member("action", map.action().word())
                .member("set", map.set())
                .member("deleted", map.deleted())
                .name("frozen")
                .truth(map.freeze() == Freeze.YES);
        map.movedFrom()
                .ifPresent(before -> out.name("placement")
                        .object()
                        .member("before", Placements.text(before))
                        .member("after", Placements.text(map.spec().placement()))
                        .endObject());
        return out;
    }

    private void value(JsonWriter out, @Nullable Value value) {
        if (value == null) {
            out.nothing();
        } else {
            out.value(values.of(value));
        }
    }
}
