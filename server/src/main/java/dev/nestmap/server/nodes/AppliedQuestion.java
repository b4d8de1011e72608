package dev.nestmap.server.nodes;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.proto.v1.MapCondition;
import dev.nestmap.proto.v1.WaitAppliedResponse.Laggard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which nodes hold a map at a revision, and which do not yet. */
public final class AppliedQuestion {
    private final NodeRegistry registry;

    /** Asks this registry. */
    public AppliedQuestion(NodeRegistry registry) {
        this.registry = registry;
    }

    /** Nodes that want the map: those that have applied the revision, and the others with the reason. */
    public record Standing(List<String> applied, List<Laggard> missing) {}

    /** How things stand now. */
    public Standing standing(FleetState state, MapState map, long revision) {
        List<String> applied = new ArrayList<>();
        List<Laggard> missing = new ArrayList<>();
        List<MapState> holders = holders(state, map);
        Set<Long> inners = inners(map);
        for (Map.Entry<String, Optional<NodeRecord>> entry : known(state).entrySet()) {
            if (!wants(state, entry.getKey(), entry.getValue(), holders)) {
                continue;
            }
            Optional<String> reason = entry.getValue()
                    .map(node -> reason(node, map, inners, revision))
                    .orElseGet(() -> Optional
                            .of("its agent was not seen since this member leads; is it running?"));
            if (reason.isEmpty()) {
                applied.add(entry.getKey());
            } else {
                long appliedRevision = entry.getValue()
                        .map(node -> node.report().getAppliedRevision())
                        .orElse(0L);
                missing.add(Laggard.newBuilder()
                        .setNode(entry.getKey())
                        .setAppliedRevision(appliedRevision)
                        .setReason(reason.get())
                        .build());
            }
        }
        return new Standing(applied, missing);
    }

    /** Every known node that wants a map, for its own sake or because an outer map holds it; by name. */
    public List<String> wanting(FleetState state, MapState map) {
        List<MapState> holders = holders(state, map);
        return known(state).entrySet()
                .stream()
                .filter(node -> wants(state, node.getKey(), node.getValue(), holders))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The labels of a node as placement sees them. */
    public static Map<String, String> labels(FleetState state, String node,
            Optional<NodeRecord> record) {
        Map<String, String> labels = new HashMap<>(
                record.map(NodeRecord::ownLabels).orElse(Map.of()));
        labels.putAll(state.labels(node));
        return labels;
    }

    /** Every node that follows, did, or was given labels. */
    public SortedMap<String, Optional<NodeRecord>> known(FleetState state) {
        TreeMap<String, Optional<NodeRecord>> known = new TreeMap<>();
        state.nodes().forEach(entry -> known.put(entry.key().toUtf8(), Optional.empty()));
        registry.all().forEach((name, node) -> known.put(name, Optional.of(node)));
        return known;
    }

    /** Programs come to inner maps through their outer map: it is not applied while one of them is not. */
    private Optional<String> reason(NodeRecord node, MapState map, Set<Long> inners,
            long revision) {
        Optional<String> inner = Optional.empty();
        for (MapCondition condition : node.report().getConditionsList()) {
            if (condition.getMapId() == map.id()) {
                return Optional.of(condition.getMessage());
            }
            if (inner.isEmpty() && inners.contains(condition.getMapId())) {
                inner = Optional.of("its inner map \"%s\" (id %d): %s".formatted(
                        condition.getName(), condition.getMapId(), condition.getMessage()));
            }
        }
        if (inner.isPresent()) {
            return inner;
        }
        if (node.report().getAppliedRevision() >= revision) {
            return Optional.empty();
        }
        if (!node.connected()) {
            return Optional.of(
                    "its agent is not connected, last heard of %d s ago; its maps stay at revision %d"
                            .formatted(registry.silence(node).toSeconds(),
                                    node.report().getAppliedRevision()));
        }
        return Optional.of("received revision %d, applied revision %d".formatted(
                node.report().getReceivedRevision(),
                node.report().getAppliedRevision()));
    }

    private static boolean wants(FleetState state, String name, Optional<NodeRecord> record,
            List<MapState> holders) {
        Map<String, String> labels = labels(state, name, record);
        return holders.stream()
                .anyMatch(map -> !map.unlinked() && map.spec().placement().wants(labels));
    }

    /** The map itself and the outer maps that hold it. */
    private static List<MapState> holders(FleetState state, MapState map) {
        List<MapState> holders = new ArrayList<>(List.of(map));
        if (map.slotReferences() == 0) {
            return holders;
        }
        for (Entry<MapState> entry : state.maps()) {
            MapState outer = entry.value();
            if (outer.spec().type().isOuter() && holds(outer, map.id())) {
                holders.add(outer);
            }
        }
        return holders;
    }

    private static Set<Long> inners(MapState map) {
        Set<Long> inners = new HashSet<>();
        if (map.spec().type().isOuter()) {
            map.elements().forEach(slot -> inners.add(StoredElements.slotMapId(slot.value())));
        }
        return inners;
    }

    private static boolean holds(MapState outer, long id) {
        for (Entry<Bytes> slot : outer.elements()) {
            if (StoredElements.slotMapId(slot.value()) == id) {
                return true;
            }
        }
        return false;
    }
}
