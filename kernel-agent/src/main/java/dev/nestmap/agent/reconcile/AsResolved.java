package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.map.NodeExpression;
import java.util.OptionalInt;
import java.util.SortedMap;

/** Terms as they were when the contents of a map were written. */
record AsResolved(SortedMap<String, Integer> resolved, int possibleCpus) implements HostNumbers {
    /** For values that are not one for each CPU. */
    static AsResolved of(Contents contents) {
        return new AsResolved(contents.resolved(), 1);
    }

    @Override
    public OptionalInt numberOf(NodeExpression.Term term) {
        Integer number = resolved.get(term.toString());
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
