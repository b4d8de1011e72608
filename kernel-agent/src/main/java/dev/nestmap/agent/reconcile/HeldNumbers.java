package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Maps of bytes in which values may be numbers of this host (see {@link dev.nestmap.model.map.MapRules#takesNumbers}), all of one at
 * once: elements with expressions in them against the bytes that the kernel has.
 */
final class HeldNumbers {
    /**
     * What a map is to hold on this host.
     *
     * @param contents with the expressions; under the key of one that means nothing here, the bytes that stay there
     * @param unresolved as in {@link ElementsDifference}
     */
    record Resolved(Contents contents, SortedSet<String> unresolved) {}

    private HeldNumbers() {}

    /** The elements with the bytes that the kernel has in place of expressions. */
    static Tree<Bytes> bytes(MapSpec spec, Contents contents) {
        if (contents.resolved().isEmpty()) {
            return contents.elements();
        }
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        for (Entry<Bytes> entry : StoredElements.expressions(spec, contents.elements())) {
            edits.put(entry.key(), bytes(spec, entry, AsResolved.of(contents)).orElseThrow());
        }
        return contents.elements().edit(edits);
    }

    /** The stored form of the bytes that an expression stands for; empty where a term means nothing. */
    static Optional<Bytes> bytes(MapSpec spec, Entry<Bytes> expression, HostNumbers numbers) {
        Element element = StoredElements.element(spec, expression.key(), expression.value());
        return element.value() instanceof Value.Expression(String text)
                ? Expressions.value(spec, Expressions.terms(text), numbers)
                        .map(bytes -> StoredElements.stored(spec,
                                new Element(element.key(), new Value.Data(bytes))).getValue())
                : Optional.empty();
    }

    /**
     * Resolves what is desired.
     *
     * @param expressions those in it
     * @param before what the kernel has, as {@link #bytes(MapSpec, Contents)} gives it
     */
    static Resolved resolve(DesiredMap map, List<Entry<Bytes>> expressions, Tree<Bytes> before,
            HostNumbers numbers) {
        MapSpec spec = map.spec();
        SortedMap<String, Integer> resolved = new TreeMap<>();
        SortedSet<String> unresolved = new TreeSet<>();
        TreeMap<Bytes, @Nullable Bytes> left = new TreeMap<>();
        for (Entry<Bytes> entry : expressions) {
            String text = text(spec, entry);
            if (bytes(spec, entry, numbers).isPresent()) {
                Expressions.terms(text)
                        .forEach(term -> resolved.put(term.toString(),
                                numbers.numberOf(term).orElseThrow()));
            } else {
                unresolved.add(Expressions.problem(text, numbers));
                left.put(entry.key(), spec.unresolved() == Unresolved.KEEP
                        ? before.get(entry.key())
                        : null);
            }
        }
        return new Resolved(new Contents(map.elements().edit(left), resolved, 0), unresolved);
    }

    private static String text(MapSpec spec, Entry<Bytes> entry) {
        return StoredElements.element(spec, entry.key(), entry.value())
                .value() instanceof Value.Expression(String text) ? text : "";
    }
}
