package dev.nestmap.agent.reconcile;

import dev.nestmap.model.map.NodeExpression;
import java.util.OptionalInt;

/** What the values of this host depend on. Gives the same answers as long as one plan is made. */
interface HostNumbers {
    /**
     * What a term stands for here: an interface's index, how many CPUs there are, a program's id, or a number that tells a cgroup from
     * others; empty where there is no such thing.
     */
    OptionalInt numberOf(NodeExpression.Term term);

    /** The CPUs for which a per-CPU map has values. */
    int possibleCpus();
}
