package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.BatchOutcome;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Step.ExpressionElement;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and deletes elements, as many as can be; what hinders the first of the others is thrown at the end. */
final class ElementWrites {
    private final ExpressionWriter expressions;

    ElementWrites(Kernel kernel) {
        this.expressions = new ExpressionWriter(kernel);
    }

    void write(MapSpec spec, KernelMap map, List<KernelElement> elements) throws KernelException {
        // One bad interface must not keep the others from working; other types fail for all elements alike.
        boolean goesOn = !MapRules.expressions(spec.type()).isEmpty();
        KernelException first = null;
        int from = 0;
        while (from < elements.size()) {
            BatchOutcome outcome = map.updateBatch(elements.subList(from, elements.size()));
            KernelException failure = outcome.failure().orElse(null);
            if (failure == null) {
                break;
            }
            first = first == null ? failure : first;
            from = goesOn ? from + outcome.done() + 1 : elements.size();
        }
        throwIfAny(first);
    }

    void writeExpressions(MapSpec spec, KernelMap map, List<ExpressionElement> elements)
            throws KernelException {
        KernelException first = null;
        for (ExpressionElement element : elements) {
            try {
                expressions.write(spec, map, element);
            } catch (KernelException e) {
                first = first == null ? e : first;
            }
        }
        throwIfAny(first);
    }

    /** Keys that are not there are as good as deleted; anything else ends it at once. */
    static void delete(KernelMap map, List<Bytes> keys) throws KernelException {
        int from = 0;
        while (from < keys.size()) {
            BatchOutcome outcome = map.deleteBatch(keys.subList(from, keys.size()));
            KernelException failure = outcome.failure().orElse(null);
            if (failure == null) {
                break;
            }
            if (!failure.is(Errno.ENOENT)) {
                throw failure;
            }
            from += outcome.done() + 1;
        }
    }

    private static void throwIfAny(@Nullable KernelException failure) throws KernelException {
        if (failure != null) {
            throw failure;
        }
    }
}
