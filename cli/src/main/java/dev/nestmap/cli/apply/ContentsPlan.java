package dev.nestmap.cli.apply;

import dev.nestmap.cli.apply.Plan.ElementChange;
import dev.nestmap.cli.apply.Plan.Planned;
import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.manifest.Manifest.Contents;
import dev.nestmap.cli.manifest.Manifest.Item;
import dev.nestmap.cli.manifest.Manifest.Others;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one document's contents come to: operations, and the same for people. */
record ContentsPlan(List<Planned> steps, List<ElementChange> changes) {
    /**
     * Leads from what is held to what the document wants.
     *
     * @param held empty: the map is to be created
     */
    static ContentsPlan of(Manifest manifest, Optional<Held> held, Targets targets)
            throws PlanException {
        if (manifest.contents().isEmpty()) {
            return new ContentsPlan(List.of(), List.of());
        }
        if (!hasKeys(manifest.spec().type())) {
            throw new PlanException(manifest.source(),
                    "contents: the elements of a %s have no keys, so that applying twice would write them twice: use nestmap map push"
                            .formatted(manifest.spec().type().word()));
        }
        return new Making(manifest, held, targets).make(manifest.contents().get());
    }

    private static boolean hasKeys(MapType type) {
        return type != MapType.QUEUE && type != MapType.STACK && type != MapType.BLOOM_FILTER;
    }

    /** One making of a plan. */
    private static final class Making {
        private final Manifest manifest;
        /** With the types of the map that there is: a document may leave them out. */
        private final MapSpec spec;
        private final MapRef map;
        private final Targets targets;
        private final Map<Bytes, Value> held;
        private final Map<Bytes, Value> heldByIdentity = new HashMap<>();
        private final List<Planned> steps = new ArrayList<>();
        private final List<ElementChange> changes = new ArrayList<>();

        Making(Manifest manifest, Optional<Held> held, Targets targets) {
            this.manifest = manifest;
            this.spec = held.map(map -> map.description().spec()).orElse(manifest.spec());
            this.map = targets.ref(manifest.ref());
            this.targets = targets;
            this.held = held.map(Held::elements).orElse(Map.of());
            this.held.forEach((key, value) -> heldByIdentity.put(identity(key), value));
        }

        private Bytes identity(Bytes key) {
            return MapRules.identity(spec.type(), key);
        }

        ContentsPlan make(Contents contents) {
            if (contents.others() == Others.PRUNED) {
                prune(contents);
            }
            for (Item item : contents.items()) {
                Value before = heldByIdentity.get(identity(item.key()));
                Value wanted = MapElements.withoutLock(spec, item.value());
                if (!isSame(before, wanted)) {
                    changes.add(new ElementChange(item.key(), before, wanted));
                    steps.add(new Planned(new Command.Update(map, item.key(), target(wanted),
                            UpdateFlags.ANY), item.source()));
                }
            }
            return new ContentsPlan(steps, changes);
        }

        private void prune(Contents contents) {
            Set<Bytes> listed = new HashSet<>();
            contents.items().forEach(item -> listed.add(identity(item.key())));
            // In the order of keys, so that a plan of the same states is the same.
            Map<Bytes, Value> others = new TreeMap<>(held);
            others.keySet().removeIf(key -> listed.contains(identity(key)));
            others.forEach((key, before) -> {
                if (MapRules.isDense(spec.type())) {
                    if (!isZero(before)) {
                        changes.add(new ElementChange(key, before, null));
                        steps.add(new Planned(
                                new Command.Update(map, key, zeros(), UpdateFlags.ANY),
                                manifest.source()));
                    }
                } else {
                    changes.add(new ElementChange(key, before, null));
                    steps.add(new Planned(new Command.DeleteElem(map, key),
                            manifest.source()));
                }
            });
        }

        private Value zeros() {
            return new Value.Data(Bytes.zeros(spec.valueSize()));
        }

        private boolean isSame(@Nullable Value before, Value wanted) {
            if (before == null) {
                return MapRules.isDense(spec.type()) && isZero(wanted);
            }
            if (wanted instanceof Value.Slot(MapRef inner)) {
                return before instanceof Value.Slot(MapRef.ById(long id))
                        && targets.id(inner) == id;
            }
            return before.equals(wanted);
        }

        private Value target(Value value) {
            return value instanceof Value.Slot(MapRef inner)
                    ? new Value.Slot(targets.ref(inner))
                    : value;
        }
    }

    static boolean isZero(Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> bytes.isZero();
            case Value.PerCpu(List<Bytes> values) -> values.stream().allMatch(Bytes::isZero);
            case Value.Slot _,Value.Expression _ -> false;
        };
    }
}
