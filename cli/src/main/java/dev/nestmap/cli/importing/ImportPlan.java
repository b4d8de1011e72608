package dev.nestmap.cli.importing;

import dev.nestmap.cli.importing.Comparison.Difference;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.object.MapDefinition;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What importing would do: for each map of the file, whether it is there.
 *
 * @param maps in the order of the file
 */
public record ImportPlan(List<Planned> maps) {
    /** Copies the list. */
    public ImportPlan {
        maps = List.copyOf(maps);
    }

    /** One map. */
    public sealed interface Planned {
        /** As the file has it. */
        MapDefinition definition();

        /** As the store would show it. */
        MapSpec spec();

        /** It is not there. */
        record Missing(MapDefinition definition, MapSpec spec) implements Planned {}

        /** It is not there, and cannot be made. */
        record Refused(MapDefinition definition, MapSpec spec, Refusal refusal)
                implements
                    Planned {}

        /** It is there and the same. */
        record Same(MapDefinition definition, MapSpec spec) implements Planned {}

        /** It is there and another. */
        record Other(MapDefinition definition, MapSpec spec, List<Difference> differences)
                implements
                    Planned {
            /** Copies the list. */
            public Other {
                differences = List.copyOf(differences);
            }
        }
    }

    /** Compares the maps of a file with those of a namespace, by name. */
    static ImportPlan of(List<MapDefinition> definitions, String namespace,
            Map<String, MapDescription> stored) {
        return new ImportPlan(definitions.stream()
                .map(definition -> planned(definition, namespace,
                        Optional.ofNullable(stored.get(definition.name()))))
                .toList());
    }

    private static Planned planned(MapDefinition definition, String namespace,
            Optional<MapDescription> stored) {
        MapSpec spec = spec(definition, namespace);
        if (stored.isEmpty()) {
            return refusal(definition, spec)
                    .<Planned>map(refusal -> new Planned.Refused(definition, spec, refusal))
                    .orElseGet(() -> new Planned.Missing(definition, spec));
        }
        List<Difference> differences = Comparison.of(stored.get().spec(), spec);
        return differences.isEmpty()
                ? new Planned.Same(definition, spec)
                : new Planned.Other(definition, spec, differences);
    }

    private static MapSpec spec(MapDefinition map, String namespace) {
        return new MapSpec(namespace, map.name(), map.type(), map.keySize(), map.valueSize(),
                map.maxEntries(), MapRules.shownFlags(map.type(), map.flags()), map.mapExtra(),
                map.numaNode(), map.inner().map(MapRules::shown).orElse(null),
                Placement.everywhere(), "", map.btf().orElse(null));
    }

    /** What the store would say to the definition alone. */
    private static Optional<Refusal> refusal(MapDefinition map, MapSpec spec) {
        return MapRules.checkCreate(spec.withFlags(map.flags()))
                .or(() -> MapRules.checkTemplate(spec))
                .or(() -> MapRules.checkBtf(spec))
                .or(() -> MapRules.checkStoreLimits(spec))
                .map(refusal -> map.type() == MapType.PERF_EVENT_ARRAY && map.maxEntries() == 0
                        ? new Refusal(refusal.errno(), refusal.rule()
                                + "; libbpf would take the number of the host's CPUs, and hosts differ: write max_entries")
                        : refusal);
    }

    /** Maps that cannot be made. */
    public List<Planned.Refused> refused() {
        return maps.stream()
                .filter(Planned.Refused.class::isInstance)
                .map(Planned.Refused.class::cast)
                .toList();
    }

    /** Maps that differ from those of the same name. */
    public List<Planned.Other> others() {
        return maps.stream()
                .filter(Planned.Other.class::isInstance)
                .map(Planned.Other.class::cast)
                .toList();
    }

    /** Maps that are not there. */
    public List<Planned.Missing> missing() {
        return maps.stream()
                .filter(Planned.Missing.class::isInstance)
                .map(Planned.Missing.class::cast)
                .toList();
    }

    /** That nobody made one of the missing maps meanwhile. */
    List<Compare> conditions() {
        return missing().stream()
                .<Compare>map(map -> new Compare.MapExists(map.spec().ref(), false))
                .toList();
    }

    /** Makes the missing maps, then fills their slots. */
    List<Command.Step> steps() {
        List<Command.Step> steps = new ArrayList<>();
        for (Planned.Missing map : missing()) {
            steps.add(new Command.Create(
                    map.spec.withFlags(map.definition.flags()).withInnerTemplate(null),
                    map.definition.inner()
                            .<InnerSource>map(InnerSource.Given::new)
                            .orElseGet(InnerSource.None::new)));
        }
        for (Planned.Missing map : missing()) {
            map.definition.slots()
                    .forEach((index, inner) -> steps.add(new Command.Update(map.spec.ref(),
                            Bytes.u32le(index),
                            new Value.Slot(new MapRef.ByName(map.spec.namespace(), inner)), 0)));
        }
        return steps;
    }
}
