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

    BatchOutcome write(MapSpec spec, KernelMap map, List<KernelElement> elements) {
        // One bad interface must not keep the others from working; other types fail for all elements alike.
        boolean goesOn = MapRules.namesObjects(spec.type());
        KernelException first = null;
        int done = 0;
        int from = 0;
        while (from < elements.size()) {
            BatchOutcome outcome = map.updateBatch(elements.subList(from, elements.size()));
            KernelException failure = outcome.failure().orElse(null);
            done += outcome.done();
            if (failure == null) {
                break;
            }
            first = first == null ? failure : first;
            from = goesOn && isOfOneElement(failure)
                    ? from + outcome.done() + 1
                    : elements.size();
        }
        return outcome(done, first);
    }

    BatchOutcome writeExpressions(MapSpec spec, KernelMap map, List<ExpressionElement> elements) {
        KernelException first = null;
        int done = 0;
        for (ExpressionElement element : elements) {
            try {
                expressions.write(spec, map, element);
                done++;
            } catch (KernelException e) {
                first = first == null ? e : first;
                if (!isOfOneElement(e)) {
                    break;
                }
            }
        }
        return outcome(done, first);
    }

    /** Keys that are not there are as good as deleted; anything else ends it at once. */
    static BatchOutcome delete(KernelMap map, List<Bytes> keys) {
        int from = 0;
        int done = 0;
        while (from < keys.size()) {
            BatchOutcome outcome = map.deleteBatch(keys.subList(from, keys.size()));
            KernelException failure = outcome.failure().orElse(null);
            done += outcome.done();
            if (failure == null) {
                break;
            }
            if (!failure.is(Errno.ENOENT)) {
                return BatchOutcome.stopped(done, failure);
            }
            from += outcome.done() + 1;
        }
        return BatchOutcome.complete(done);
    }

    /** Slots that are empty are as good as emptied. */
    static BatchOutcome deleteSlots(KernelMap outer, List<Bytes> keys) {
        try {
            outer.deleteSlots(keys);
            return BatchOutcome.complete(keys.size());
        } catch (KernelException e) {
            return BatchOutcome.stopped(0, e);
        }
    }

    /** Not of the map as a whole, so that the next element may have a better fate. */
    private static boolean isOfOneElement(KernelException failure) {
        return failure.errno().map(errno -> switch (errno) {
            case E2BIG, ENOSPC, ENOMEM, EPERM, EMFILE, ENFILE -> false;
            default -> true;
        }).orElse(true);
    }

    private static BatchOutcome outcome(int done, @Nullable KernelException failure) {
        return failure == null ? BatchOutcome.complete(done) : BatchOutcome.stopped(done, failure);
    }
}
