package dev.nestmap.model.map;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One map that a test works on. */
final class Tried {
    static final Bytes NO_KEY = Bytes.empty();
    private final MapSpec spec;
    private final MapElements elements;

    Tried(MapSpec spec) {
        assertEquals(Optional.empty(), MapRules.checkCreate(spec), spec.toString());
        this.spec = spec;
        this.elements = new MapElements(spec, false, Tree.ofBytes());
    }

    static MapSpec spec(MapType type, int keySize, int valueSize, int maxEntries, int flags) {
        return MapSpec.of("default", "m", type, keySize, valueSize, maxEntries).withFlags(flags);
    }

    static Value data(int... bytes) {
        return new Value.Data(Bytes.of(bytes));
    }

    static Value perCpu(Bytes... values) {
        return new Value.PerCpu(List.of(values));
    }

    MapElements elements() {
        return elements;
    }

    void put(Bytes key, Value value) {
        assertEquals(Optional.empty(), elements.update(key, value, UpdateFlags.ANY, _ -> null));
    }

    void refused(Errno errno, Bytes key, Value value, long flags) {
        assertEquals(Optional.of(errno),
                elements.update(key, value, flags, _ -> null).map(Refusal::errno));
    }

    Object lookup(Bytes key) {
        return answer(elements.lookup(key, 0));
    }

    Object take(Bytes key) {
        return answer(elements.lookupAndDelete(key, 0));
    }

    Object next(Bytes key) {
        return answer(elements.nextKey(Optional.of(key)));
    }

    Object first() {
        return answer(elements.nextKey(Optional.empty()));
    }

    Object delete(Bytes key) {
        return elements.delete(key).<Object>map(Refusal::errno).orElse("deleted");
    }

    /** As snapshots and feeds carry them; each is checked to come back the same. */
    List<Element> all() {
        List<Element> all = new ArrayList<>();
        for (Entry<Bytes> entry : elements.build()) {
            Element element = StoredElements.element(spec, entry.key(), entry.value());
            assertEquals(true, StoredElements.fits(spec, element), element.toString());
            var stored = StoredElements.stored(spec, element);
            assertEquals(entry.key(), stored.getKey());
            assertEquals(entry.value(), stored.getValue());
            all.add(element);
        }
        return all;
    }

    /** The value or the errno. */
    static <T> Object answer(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) -> refusal.errno();
        };
    }
}
