package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.HostObject;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.map.NodeExpression;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Asks the kernel once for each term. For one thread, and one plan. */
final class KnownNumbers implements HostNumbers {
    private final Kernel kernel;
    private final Map<NodeExpression.Term, OptionalInt> known = new HashMap<>();

    KnownNumbers(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public OptionalInt numberOf(NodeExpression.Term term) {
        return known.computeIfAbsent(term, this::ask);
    }

    /** The terms that were asked for. */
    Set<NodeExpression.Term> known() {
        return known.keySet();
    }

    @Override
    public int possibleCpus() {
        return kernel.possibleCpus();
    }

    private OptionalInt ask(NodeExpression.Term term) {
        if (term instanceof NodeExpression.Ifindex(String name)) {
            return kernel.interfaceIndex(name);
        }
        if (term instanceof NodeExpression.PossibleCpus) {
            return OptionalInt.of(kernel.possibleCpus());
        }
        if (term instanceof NodeExpression.QueueSize(int packets)) {
            return OptionalInt.of(packets);
        }
        // What cannot be opened has no number: whoever writes it is told why.
        try (HostObject object = open(kernel, term).orElse(null)) {
            return object == null ? OptionalInt.empty() : OptionalInt.of(object.id());
        } catch (KernelException e) {
            return OptionalInt.empty();
        }
    }

    /** The object that a term names by a descriptor; empty where there is none, or the term needs none. */
    static Optional<HostObject> open(Kernel kernel, NodeExpression.Term term)
            throws KernelException {
        return switch (term) {
            case NodeExpression.Program(String path) -> kernel.openProgram(Path.of(path));
            case NodeExpression.Cgroup(String path) -> kernel.openCgroup(Path.of(path));
            case NodeExpression.Ifindex _,NodeExpression.PossibleCpus _,NodeExpression.QueueSize _ ->
                Optional.empty();
        };
    }
}
