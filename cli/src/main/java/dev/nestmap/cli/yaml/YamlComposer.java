package dev.nestmap.cli.yaml;

import dev.nestmap.cli.yaml.Yaml.Entry;
import dev.nestmap.cli.yaml.Yaml.Form;
import dev.nestmap.cli.yaml.Yaml.Mapping;
import dev.nestmap.cli.yaml.Yaml.Place;
import dev.nestmap.cli.yaml.Yaml.Scalar;
import dev.nestmap.cli.yaml.Yaml.Sequence;
import dev.nestmap.cli.yaml.YamlDocuments.Events;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** Makes the tree of one document. One thread uses it, once. */
final class YamlComposer {
    private final Events events;
    private final YamlLimits limits;
    private final Map<String, Yaml> anchored = new HashMap<>();
    private long nodesLeft;

    YamlComposer(Events events, YamlLimits limits, long nodesLeft) {
        this.events = events;
        this.limits = limits;
        this.nodesLeft = nodesLeft;
    }

    Yaml compose() throws YamlException {
        return node(events.next(), 1);
    }

    private Yaml node(Event event, int depth) throws YamlException {
        Place place = Events.place(event.getStartMark());
        if (event instanceof AliasEvent alias) {
            return shared(alias, place);
        }
        spend(1, place);
        Yaml node = switch (event) {
            case ScalarEvent scalar -> {
                refuseTag(scalar.getTag().orElse(""), place);
                yield new Scalar(scalar.getValue(),
                        scalar.isPlain() ? Form.PLAIN : Form.QUOTED, place);
            }
            case CollectionStartEvent start -> {
                refuseTag(start.getTag().orElse(""), place);
                if (depth > limits.maxDepth()) {
                    throw new YamlException(place,
                            "lists and mappings are nested more than %d deep"
                                    .formatted(limits.maxDepth()));
                }
                yield start instanceof MappingStartEvent
                        ? mapping(place, depth)
                        : sequence(place, depth);
            }
            default -> throw new YamlException(place, "expected a value");
        };
        if (event instanceof NodeEvent named && named.getAnchor().isPresent()) {
            anchored.put(named.getAnchor().get().getValue(), node);
        }
        return node;
    }

    /** Only a complete node is known by its anchor, so that none can contain itself. */
    private Yaml shared(AliasEvent alias, Place place) throws YamlException {
        Yaml node = anchored.get(alias.getAlias().getValue());
        if (node == null) {
            throw new YamlException(place, "*%s: no &%s stands completely before it"
                    .formatted(alias.getAlias().getValue(), alias.getAlias().getValue()));
        }
        spend(node.weight(), place);
        return node;
    }

    private Yaml sequence(Place place, int depth) throws YamlException {
        List<Yaml> items = new ArrayList<>();
        long weight = 1;
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events
                .next()) {
            Yaml item = node(event, depth + 1);
            weight += item.weight();
            items.add(item);
        }
        return new Sequence(items, weight, place);
    }

    private Yaml mapping(Place place, int depth) throws YamlException {
        List<Entry> entries = new ArrayList<>();
        Map<String, Place> seen = new HashMap<>();
        long weight = 1;
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events
                .next()) {
            Yaml name = node(event, depth + 1);
            if (!(name instanceof Scalar(String text, Form _, Place at))) {
                throw new YamlException(name.place(), "a name must be a text, this is "
                        + name.kind());
            }
            Place first = seen.putIfAbsent(text, at);
            if (first != null) {
                throw new YamlException(at, "\"%s\" is given twice, first in line %d"
                        .formatted(text, first.line()));
            }
            Yaml value = node(events.next(), depth + 1);
            weight += 1 + value.weight();
            entries.add(new Entry(text, at, value));
        }
        return new Mapping(entries, weight, place);
    }

    private void spend(long nodes, Place place) throws YamlException {
        nodesLeft -= nodes;
        if (nodesLeft < 0) {
            throw new YamlException(place,
                    "the file has more than %d values, aliases followed: split it"
                            .formatted(limits.maxNodes()));
        }
    }

    /** "!" says no more than quotes do. */
    private static void refuseTag(String tag, Place place) throws YamlException {
        if (!tag.isEmpty() && !tag.equals("!")) {
            throw new YamlException(place, "the tag %s is not known here: leave it out"
                    .formatted(tag));
        }
    }
}
