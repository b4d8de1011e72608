package dev.nestmap.agent.reconcile;

import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What to do, in this order.
 *
 * @param expected what each map will hold for sure once its steps are done; also of maps without steps
 * @param problems what no step can mend, by map id
 */
record Plan(
        List<Step> steps,
        SortedMap<Long, Holding.Contents> expected,
        SortedMap<Long, Problem> problems) {
    /** One step a line. */
    @Override
    public String toString() {
        return steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
    }
}
