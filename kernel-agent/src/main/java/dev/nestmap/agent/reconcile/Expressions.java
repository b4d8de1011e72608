package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values that this host works out for itself: of interfaces, CPUs, programs and cgroups. */
final class Expressions {
    /** The stored form of an expression that no store sends: so it differs from whatever is desired. */
    static final Bytes OUTDATED = Bytes.of(1);

    private Expressions() {}

    /** The terms of an expression; none for a text that this version does not understand. */
    static List<NodeExpression.Term> terms(String text) {
        return NodeExpression.parse(text).map(NodeExpression::terms).orElse(List.of());
    }

    /** Whether a term goes into a value as a descriptor, which must be open while it is written. */
    static boolean needsDescriptor(NodeExpression.Term term) {
        return switch (term) {
            case NodeExpression.Program _,NodeExpression.Cgroup _ -> true;
            case NodeExpression.Ifindex _,NodeExpression.PossibleCpus _,NodeExpression.QueueSize _ ->
                false;
        };
    }

    /** The value as it is read back; empty where a term means nothing here. */
    static Optional<Bytes> value(MapSpec spec, List<NodeExpression.Term> terms,
            HostNumbers numbers) {
        Bytes value = Bytes.empty();
        for (NodeExpression.Term term : terms) {
            OptionalInt number = numbers.numberOf(term);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            value = value.concat(Bytes.u32le(number.getAsInt()));
        }
        return value.size() == 0 ? Optional.empty() : Optional.of(padded(spec, value));
    }

    static Bytes padded(MapSpec spec, Bytes value) {
        return value.concat(Bytes.zeros(spec.valueSize() - value.size()));
    }

    /** Why an expression has no value here. */
    static String problem(String text, HostNumbers numbers) {
        for (NodeExpression.Term term : terms(text)) {
            if (numbers.numberOf(term).isEmpty()) {
                return term + ": " + switch (term) {
                    case NodeExpression.Ifindex _ -> "no such network interface on this host";
                    case NodeExpression.Program _ -> "no program is pinned there on this host";
                    case NodeExpression.Cgroup _ -> "no such cgroup (version 2) on this host";
                    case NodeExpression.PossibleCpus _,NodeExpression.QueueSize _ ->
                        throw new IllegalStateException("every host has it: " + term);
                };
            }
        }
        return text + ": this version of the agent does not understand it; upgrade it";
    }

    /** True where something by which the contents were resolved has another number by now, or none. */
    static boolean areOutdated(Contents contents, HostNumbers numbers) {
        return contents.resolved()
                .entrySet()
                .stream()
                .anyMatch(entry -> isOutdated(entry, numbers));
    }

    /**
     * The contents, with what is in the kernel in place of each expression that was resolved otherwise than it would be now: the bytes that
     * were written, or a mark where the kernel may have taken them out by itself. Costs a walk over the map only where there is such an
     * expression: interfaces change seldom.
     */
    static Contents withoutOutdated(MapSpec spec, Contents contents, HostNumbers numbers) {
        if (!areOutdated(contents, numbers)) {
            return contents;
        }
        SortedMap<String, Integer> current = new TreeMap<>(contents.resolved());
        current.entrySet().removeIf(entry -> isOutdated(entry, numbers));
        TreeMap<Bytes, @Nullable Bytes> marks = new TreeMap<>();
        boolean areNumbers = MapRules.takesNumbers(spec);
        for (Entry<Bytes> entry : areNumbers
                ? StoredElements.expressions(spec, contents.elements())
                : contents.elements()) {
            if (StoredElements.element(spec, entry.key(), entry.value())
                    .value() instanceof Value.Expression(String text)
                    && !terms(text).stream()
                            .allMatch(term -> current.containsKey(term.toString()))) {
                marks.put(entry.key(), areNumbers
                        ? HeldNumbers.bytes(spec, entry, AsResolved.of(contents)).orElseThrow()
                        : OUTDATED);
            }
        }
        return new Contents(contents.elements().edit(marks), current, contents.foreign());
    }

    private static boolean isOutdated(Map.Entry<String, Integer> resolved, HostNumbers numbers) {
        NodeExpression.Term term = terms(resolved.getKey()).getFirst();
        OptionalInt now = numbers.numberOf(term);
        return now.isEmpty() || now.getAsInt() != resolved.getValue();
    }
}
