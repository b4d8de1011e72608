package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Entry;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values that this host works out for itself: interface indexes in the two devmap types. */
final class Expressions {
    /** The stored form of an expression that no store sends: so it differs from whatever is desired. */
    private static final Bytes OUTDATED = Bytes.of(1);

    private Expressions() {}

    /** The interface that an expression names; null for a text that this version does not understand. */
    static @Nullable String interfaceName(String text) {
        return NodeExpression.parse(text)
                .map(expression -> expression.terms().getFirst())
                .filter(NodeExpression.Ifindex.class::isInstance)
                .map(term -> ((NodeExpression.Ifindex) term).interfaceName())
                .orElse(null);
    }

    /** struct bpf_devmap_val: the index, then no program. */
    static Bytes value(MapSpec spec, int interfaceIndex) {
        return Bytes.u32le(interfaceIndex).concat(Bytes.zeros(spec.valueSize() - Integer.BYTES));
    }

    /** The form in the store's tree of an element with plain bytes. */
    static Bytes stored(MapSpec spec, KernelElement element) {
        return MapElements.stored(spec, new Element(element.key(), new Value.Data(element.value())))
                .getValue();
    }

    /** True where an interface by which the contents were resolved has another index by now, or none. */
    static boolean areOutdated(Contents contents, InterfaceIndexes indexes) {
        return contents.interfaces()
                .entrySet()
                .stream()
                .anyMatch(entry -> isOutdated(entry.getKey(), entry.getValue(), indexes));
    }

    /**
     * The contents, with a mark in place of each expression that was resolved otherwise than it would be now. Costs a walk
     * over the map only where there is one: interfaces change seldom.
     */
    static Contents withoutOutdated(MapSpec spec, Contents contents, InterfaceIndexes indexes) {
        if (!areOutdated(contents, indexes)) {
            return contents;
        }
        SortedMap<String, Integer> current = new TreeMap<>(contents.interfaces());
        current.entrySet().removeIf(entry -> isOutdated(entry.getKey(), entry.getValue(), indexes));
        TreeMap<Bytes, @Nullable Bytes> marks = new TreeMap<>();
        for (Entry<Bytes> entry : contents.elements()) {
            if (MapElements.element(spec, entry.key(), entry.value())
                    .value() instanceof Value.Expression(String text)
                    && !current.containsKey(interfaceName(text))) {
                marks.put(entry.key(), OUTDATED);
            }
        }
        return new Contents(contents.elements().edit(marks), current);
    }

    private static boolean isOutdated(String name, int index, InterfaceIndexes indexes) {
        return indexes.indexOf(name).orElse(0) != index;
    }
}
