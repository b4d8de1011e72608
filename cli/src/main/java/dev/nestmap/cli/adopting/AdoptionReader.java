package dev.nestmap.cli.adopting;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.client.LivePart;
import dev.nestmap.client.LiveRead;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.PinQuery;
import dev.nestmap.client.PinnedMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what is pinned on a node, through its agent, into what the store would hold. One thread uses it. */
final class AdoptionReader {
    private static final int NAME_LIMIT = 63;
    /** As much as one transaction takes: what is adopted is adopted whole. */
    private static final int MOST_ELEMENTS = 100_000;
    private static final long MOST_BYTES = 64L << 20;

    private final NestmapClient client;
    private final String node;
    private final String pin;
    private final Duration within;
    private int elementsTaken;
    private long bytesTaken;

    AdoptionReader(NestmapClient client, String node, String pin, Duration within) {
        this.client = client;
        this.node = node;
        this.pin = pin;
        this.within = within;
    }

    /** What is pinned there. */
    PinnedMap examine(PinQuery.Ask ask) throws CommandFailedException {
        try (LiveRead read = ask(ask)) {
            while (read.hasNext()) {
                switch (read.next()) {
                    case LivePart.Pinned(String _, PinnedMap map) -> {
                        return map;
                    }
                    case LivePart.Failed failure -> throw failed(failure);
                    case LivePart.Elements _,LivePart.Complete _ -> {
                        // Not what was asked.
                    }
                }
            }
        }
        throw CommandFailedException
                .failed("node %s: its agent said nothing about pin %s".formatted(node, pin));
    }

    /** Sees to it that what was read is of the maps that are there now: while it was read, somebody may have exchanged one. */
    void confirm(PinnedMap found) throws CommandFailedException {
        PinnedMap now = examine(new PinQuery.Ask.Examine());
        if (now.kernelId() != found.kernelId() || !slots(now).equals(slots(found))
                || !pins(now).equals(pins(found))) {
            throw CommandFailedException.refused(
                    "map adopt: nothing was written: what is pinned at %s on node %s, or in its slots, was exchanged meanwhile; run it again"
                            .formatted(pin, node),
                    Errno.EEXIST);
        }
    }

    private static Map<Integer, Set<Bytes>> slots(PinnedMap outer) {
        return outer.inners()
                .stream()
                .collect(Collectors.toMap(PinnedMap::kernelId,
                        inner -> Set.copyOf(inner.slots())));
    }

    /** An agent that was started anew meanwhile has removed those that the one before set. */
    private static Map<Integer, String> pins(PinnedMap outer) {
        return outer.inners()
                .stream()
                .collect(Collectors.toMap(PinnedMap::kernelId, PinnedMap::pin));
    }

    private LiveRead ask(PinQuery.Ask ask) {
        return ask(pin, ask);
    }

    private LiveRead ask(String at, PinQuery.Ask ask) {
        return client.nodes().askPin(new PinQuery(node, at, ask, within));
    }

    private static CommandFailedException failed(LivePart.Failed failure) {
        String sentence = "node %s: %s".formatted(failure.node(), failure.message());
        return failure.errno()
                .map(errno -> CommandFailedException.refused(sentence, errno))
                .orElseGet(() -> CommandFailedException.failed(sentence));
    }

    /** The definition alone: the elements stay what programs make them. */
    Adoption definition(PinnedMap map, MapSpec spec) {
        return new Adoption(map, spec, List.of(), List.of());
    }

    /** With all elements, and the maps in slots with theirs. */
    Adoption withContents(PinnedMap map, MapSpec spec) throws CommandFailedException {
        refuseUnreadable(spec.type());
        if (!spec.type().isOuter()) {
            return new Adoption(map, spec, elements(map, spec), List.of());
        }
        List<Adoption> inners = new ArrayList<>();
        List<Element> slots = new ArrayList<>();
        for (PinnedMap inner : map.inners()) {
            if (inner.spec().isEmpty()) {
                throw CommandFailedException.refused("node %s: %s".formatted(node,
                        inner.trouble()), Errno.EPERM);
            }
            MapSpec innerSpec = stored(inner.spec().get(), spec.namespace(),
                    innerName(spec, inner), new Placement.FollowsOuter(), inner.pin(),
                    owner(inner.spec().get().type()));
            refuseUnreadable(innerSpec.type());
            inners.add(new Adoption(inner, innerSpec, elements(inner, innerSpec), List.of()));
            inner.slots()
                    .forEach(key -> slots.add(
                            new Element(key, new Value.Slot(innerSpec.ref()))));
        }
        return new Adoption(map, spec, slots, inners);
    }

    /** Who writes a map that is adopted with its elements. Where programs write too, what they count must not be put back by the agent. */
    static Ownership owner(MapType type) {
        Ownership usual = MapRules.ownership(type);
        return usual == Ownership.SHARED ? Ownership.SEED : usual;
    }

    /** As the store is to have it. */
    static MapSpec stored(MapSpec seen, String namespace, String name, Placement placement,
            String pinPath, Ownership ownership) {
        return new MapSpec(namespace, name, seen.type(), seen.keySize(), seen.valueSize(),
                seen.maxEntries(), MapRules.creationFlags(seen.type(), seen.flags()),
                seen.mapExtra(), seen.numaNode(), null, placement, pinPath, seen.btf())
                .withOwnership(ownership)
                .withInnerTemplate(creatable(seen.innerTemplate()));
    }

    private static @Nullable InnerTemplate creatable(
            @Nullable InnerTemplate seen) {
        return seen == null
                ? null
                : new InnerTemplate(seen.type(), seen.keySize(), seen.valueSize(),
                        seen.maxEntries(), MapRules.creationFlags(seen.type(), seen.flags()),
                        seen.spinLock(), seen.btf());
    }

    /** The outer map's name and the first slot's key: a number for an array, else its bytes. */
    private static String innerName(MapSpec outer, PinnedMap inner) {
        Bytes key = inner.slots().getFirst();
        String slot = outer.type() == MapType.ARRAY_OF_MAPS
                ? Integer.toUnsignedString(key.intLe(0))
                : HexFormat.of().formatHex(key.toByteArray());
        String name = outer.name() + "_" + slot;
        return name.length() <= NAME_LIMIT
                ? name
                : "%s_k%d".formatted(outer.name()
                        .substring(0, Math.min(outer.name().length(),
                                NAME_LIMIT - 12)),
                        Integer.toUnsignedLong(inner.kernelId()));
    }

    private List<Element> elements(PinnedMap map, MapSpec spec) throws CommandFailedException {
        List<Element> elements = new ArrayList<>();
        try (LiveRead read = ask(map.pin().isEmpty() ? pin : map.pin(),
                new PinQuery.Ask.Elements(map.kernelId()))) {
            while (read.hasNext()) {
                switch (read.next()) {
                    case LivePart.Elements(String _, List<Element> some) -> {
                        for (Element element : some) {
                            Optional<Element> kept = kept(spec, element);
                            if (kept.isPresent()) {
                                take(spec, kept.get());
                                elements.add(kept.get());
                            }
                        }
                    }
                    case LivePart.Failed failure -> throw failed(failure);
                    case LivePart.Complete _,LivePart.Pinned _ -> {
                        // Nothing to keep.
                    }
                }
            }
        }
        return elements;
    }

    private void take(MapSpec spec, Element element) throws CommandFailedException {
        elementsTaken++;
        bytesTaken += (long) element.key().size() + switch (element.value()) {
            case Value.PerCpu(List<Bytes> each) -> (long) spec.valueSize() * each.size();
            case Value.Data _,Value.Slot _,Value.Expression _ -> spec.valueSize();
        };
        if (elementsTaken > MOST_ELEMENTS || bytesTaken > MOST_BYTES) {
            throw CommandFailedException.refused(
                    "--contents: there are more than %d elements or %d bytes in %s, which is what one transaction takes; nothing was written. Adopt it without --contents with ownership shared, and write its elements into the store in batches"
                            .formatted(MOST_ELEMENTS, MOST_BYTES, pin),
                    Errno.E2BIG);
        }
    }

    /** Equal values of all CPUs are one; zeros of an array are there anyway. */
    private static Optional<Element> kept(MapSpec spec, Element read) {
        Value value = read.value() instanceof Value.PerCpu(List<Bytes> each)
                && each.stream().allMatch(each.getFirst()::equals)
                        ? new Value.Data(each.getFirst())
                        : read.value();
        return MapRules.isDense(spec.type()) && value instanceof Value.Data(Bytes bytes)
                && bytes.isZero()
                        ? Optional.empty()
                        : Optional.of(new Element(read.key(), value));
    }

    private static void refuseUnreadable(MapType type) throws CommandFailedException {
        boolean readable = switch (type) {
            case HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY, LRU_HASH, LRU_PERCPU_HASH, LPM_TRIE,
                    ARRAY_OF_MAPS, HASH_OF_MAPS ->
                true;
            default -> false;
        };
        if (!readable) {
            throw CommandFailedException.refused(
                    "--contents: what is in a %s cannot be taken over as bytes: it is listed by no kernel, or means something on one node only; adopt it without --contents and write its elements into the store, interfaces and programs as ifindex NAME and prog PATH"
                            .formatted(type.word()),
                    Errno.EOPNOTSUPP);
        }
    }
}
