package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Entry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The verbs that only read, on one state. */
public final class Reads {
    /** What an element, and each of its values, costs in a message beside its bytes, at most. */
    private static final int ELEMENT_OVERHEAD_BYTES = 8;

    private Reads() {}

    /** Some elements of a map in order. */
    public record Page(List<Element> elements, Bytes outBatch, boolean end) {}

    /** The map that is meant; ENOENT where there is none. */
    public static Outcome<MapState> map(FleetState state, MapRef ref) {
        MapState map = state.find(ref);
        return map == null
                ? Outcome.refused(Errno.ENOENT, "map %s: there is no such map".formatted(ref))
                : Outcome.done(map);
    }

    /** BPF_MAP_LOOKUP_ELEM. */
    public static Outcome<Value> lookup(FleetState state, MapRef ref, Bytes key, long flags) {
        return lookup(state, ref, key, Optional.empty(), flags);
    }

    /** BPF_MAP_LOOKUP_ELEM; a bloom filter is asked about a value, and nothing else is. */
    public static Outcome<Value> lookup(FleetState state, MapRef ref, Bytes key,
            Optional<Bytes> value, long flags) {
        return switch (map(state, ref)) {
            case Outcome.Refused<MapState>(Refusal refusal) -> new Outcome.Refused<>(refusal);
            case Outcome.Done<MapState>(MapState map) -> value.isPresent()
                    ? elements(map).lookup(key, value.get(), flags)
                    : elements(map).lookup(key, flags);
        };
    }

    /** BPF_MAP_GET_NEXT_KEY; no key: the first. */
    public static Outcome<Bytes> nextKey(FleetState state, MapRef ref, Optional<Bytes> key) {
        return switch (map(state, ref)) {
            case Outcome.Refused<MapState>(Refusal refusal) -> new Outcome.Refused<>(refusal);
            case Outcome.Done<MapState>(MapState map) -> elements(map).nextKey(key);
        };
    }

    /**
     * BPF_MAP_LOOKUP_BATCH: at most so many elements and, after the first, so many bytes of keys and values.
     *
     * @param inBatch {@code outBatch} of the page before; empty: from the start
     */
    public static Outcome<Page> lookupBatch(FleetState state, MapRef ref, Bytes inBatch, int count,
            long sizeLimitBytes,
            long elemFlags) {
        return switch (map(state, ref)) {
            case Outcome.Refused<MapState>(Refusal refusal) -> new Outcome.Refused<>(refusal);
            case Outcome.Done<MapState>(MapState map) -> {
                Optional<Refusal> refusal = elements(map).checkLookupBatch(elemFlags)
                        .or(() -> checkToken(map.spec(), inBatch));
                yield refusal.isPresent()
                        ? new Outcome.Refused<>(refusal.get())
                        : Outcome.done(page(map, position(map.spec(), inBatch), count,
                                sizeLimitBytes));
            }
        };
    }

    /**
     * Some elements of a map of any type, in order.
     *
     * @param last the stored key of the last of them; goes into the next call
     */
    public record Slice(List<Element> elements, Optional<Bytes> last, boolean end) {}

    /**
     * The elements behind a stored key; at least one where there is one, then until they have so many bytes.
     *
     * @param behind empty: from the start
     */
    public static Slice slice(MapState map, Optional<Bytes> behind, long sizeLimitBytes) {
        MapSpec spec = map.spec();
        Bytes after = behind.orElse(Bytes.empty());
        if (MapRules.isDense(spec.type())) {
            Bytes key = behind.map(k -> StoredElements.wireKey(spec, k)).orElse(after);
            return slice(new DenseElements(map, key), behind, sizeLimitBytes,
                    element -> new Entry<>(StoredElements.storedKey(spec, element.key()), element));
        }
        return slice(behind.isPresent()
                ? map.elements().iteratorFrom(after.concat(Bytes.of(0)))
                : map.elements().iterator(), behind, sizeLimitBytes,
                entry -> new Entry<>(entry.key(),
                        StoredElements.element(spec, entry.key(), entry.value())));
    }

    private static <E> Slice slice(Iterator<E> source, Optional<Bytes> behind, long sizeLimitBytes,
            Function<E, Entry<Element>> form) {
        List<Element> found = new ArrayList<>();
        Optional<Bytes> last = behind;
        long sizeBytes = 0;
        while (source.hasNext() && sizeBytes < sizeLimitBytes) {
            Entry<Element> entry = form.apply(source.next());
            found.add(entry.value());
            last = Optional.of(entry.key());
            sizeBytes += sizeBytes(entry.value());
        }
        return new Slice(found, last, !source.hasNext());
    }

    /** Behind an index past the end stands the first, as BPF_MAP_GET_NEXT_KEY has it. */
    private static Bytes position(MapSpec spec, Bytes inBatch) {
        boolean isPastTheEnd = MapRules.isIndexed(spec.type()) && inBatch.size() > 0
                && Integer.toUnsignedLong(inBatch.intLe(0)) >= spec.capacity();
        return isPastTheEnd ? Bytes.empty() : inBatch;
    }

    /** What is stored counts, not what the definition says: a value for each CPU, the text of an expression. */
    private static long sizeBytes(Element element) {
        int values = element.value() instanceof Value.PerCpu(List<Bytes> perCpu)
                ? perCpu.size()
                : 1;
        return element.key().size() + Transactions.sizeBytes(element.value())
                + (long) ELEMENT_OVERHEAD_BYTES * values;
    }

    private static Page page(MapState map, Bytes after, int count, long sizeLimitBytes) {
        Iterator<Element> elements = MapRules.isDense(map.spec().type())
                ? new DenseElements(map, after)
                : stored(map, after);
        List<Element> found = new ArrayList<>();
        long sizeBytes = 0;
        while (elements.hasNext() && found.size() < count
                && (found.isEmpty() || sizeBytes < sizeLimitBytes)) {
            Element element = elements.next();
            found.add(element);
            sizeBytes += sizeBytes(element);
        }
        Bytes token = found.isEmpty() ? after : found.getLast().key();
        return new Page(found, token, !elements.hasNext());
    }

    private static Iterator<Element> stored(MapState map, Bytes after) {
        Iterator<Entry<Bytes>> entries = after.size() == 0
                ? map.elements().iterator()
                : map.elements()
                        .iteratorFrom(
                                StoredElements.storedKey(map.spec(), after).concat(Bytes.of(0)));
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Element next() {
                Entry<Bytes> entry = entries.next();
                return StoredElements.element(map.spec(), entry.key(), entry.value());
            }
        };
    }

    /** Every index of an array, whether it is stored or not. */
    private static final class DenseElements implements Iterator<Element> {
        private final MapState map;
        private long next;

        DenseElements(MapState map, Bytes after) {
            this.map = map;
            this.next = after.size() == 0 ? 0 : Integer.toUnsignedLong(after.intLe(0)) + 1;
        }

        @Override
        public boolean hasNext() {
            return next < map.spec().capacity();
        }

        @Override
        public Element next() {
            Bytes key = Bytes.u32le((int) next++);
            Bytes stored = map.elements().get(StoredElements.storedKey(map.spec(), key));
            return stored == null
                    ? new Element(key, new Value.Data(Bytes.zeros(map.spec().valueSize())))
                    : StoredElements.element(map.spec(), StoredElements.storedKey(map.spec(), key),
                            stored);
        }
    }

    private static Optional<Refusal> checkToken(MapSpec spec, Bytes inBatch) {
        return inBatch.size() == 0 || inBatch.size() == spec.keySize()
                ? Optional.empty()
                : Optional.of(new Refusal(Errno.EINVAL,
                        "lookup batch %s: in_batch is %d bytes; give out_batch of the call before, or nothing"
                                .formatted(spec.ref(), inBatch.size())));
    }

    private static MapElements elements(MapState map) {
        return new MapElements(map.spec(), map.frozen(), map.elements());
    }
}
