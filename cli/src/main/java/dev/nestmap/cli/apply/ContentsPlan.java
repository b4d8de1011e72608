package dev.nestmap.cli.apply;

import dev.nestmap.cli.apply.Plan.ElementChange;
import dev.nestmap.cli.apply.Plan.Planned;
import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.manifest.Manifest.Contents;
import dev.nestmap.cli.manifest.Manifest.Item;
import dev.nestmap.cli.manifest.Manifest.Others;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one document's contents come to: operations, and the same for people. */
record ContentsPlan(List<Planned> steps, List<ElementChange> changes) {
    static ContentsPlan of(Manifest manifest, Image image) throws PlanException {
        if (manifest.contents().isEmpty()) {
            return new ContentsPlan(List.of(), List.of());
        }
        if (!hasKeys(manifest.spec().type())) {
            throw new PlanException(manifest.source(),
                    "contents: the elements of a %s have no keys, so that applying twice would write them twice: use nestmap map push"
                            .formatted(manifest.spec().type().word()));
        }
        Map<Bytes, Value> held = image.held(manifest.ref())
                .map(Held::elements)
                .orElse(Map.of());
        return new Making(manifest, image, held).make(manifest.contents().get());
    }

    private static boolean hasKeys(MapType type) {
        return type != MapType.QUEUE && type != MapType.STACK && type != MapType.BLOOM_FILTER;
    }

    /** One making of a plan. */
    private static final class Making {
        private final Manifest manifest;
        private final Image image;
        private final Map<Bytes, Value> held;
        private final List<Planned> steps = new ArrayList<>();
        private final List<ElementChange> changes = new ArrayList<>();

        Making(Manifest manifest, Image image, Map<Bytes, Value> held) {
            this.manifest = manifest;
            this.image = image;
            this.held = held;
        }

        ContentsPlan make(Contents contents) {
            if (contents.others() == Others.PRUNED) {
                prune(contents);
            }
            for (Item item : contents.items()) {
                Value before = held.get(item.key());
                if (!isSame(before, item.value())) {
                    changes.add(new ElementChange(item.key(), before, item.value()));
                    steps.add(new Planned(new Command.Update(manifest.ref(), item.key(),
                            item.value(), UpdateFlags.ANY), item.source()));
                }
            }
            return new ContentsPlan(steps, changes);
        }

        private void prune(Contents contents) {
            Set<Bytes> listed = new HashSet<>();
            contents.items().forEach(item -> listed.add(item.key()));
            // In the order of keys, so that a plan of the same states is the same.
            Map<Bytes, Value> others = new TreeMap<>(held);
            others.keySet().removeAll(listed);
            others.forEach((key, before) -> {
                if (MapRules.isDense(manifest.spec().type())) {
                    if (!isZero(before)) {
                        changes.add(new ElementChange(key, before, null));
                        steps.add(new Planned(new Command.Update(manifest.ref(), key, zeros(),
                                UpdateFlags.ANY), manifest.source()));
                    }
                } else {
                    changes.add(new ElementChange(key, before, null));
                    steps.add(new Planned(new Command.DeleteElem(manifest.ref(), key),
                            manifest.source()));
                }
            });
        }

        private Value zeros() {
            return new Value.Data(Bytes.zeros(manifest.spec().valueSize()));
        }

        private boolean isSame(@Nullable Value before, Value wanted) {
            if (before == null) {
                return MapRules.isDense(manifest.spec().type()) && isZero(wanted);
            }
            if (wanted instanceof Value.Slot(MapRef map)) {
                return before instanceof Value.Slot(MapRef.ById(long id))
                        && idOf(map) == id;
            }
            return before.equals(wanted);
        }

        private long idOf(MapRef map) {
            if (map instanceof MapRef.ById(long id)) {
                return id;
            }
            MapDescription found = image.named().get(map);
            return found == null ? 0 : found.id();
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
