package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Builds and reads back many generations on a few threads, where they follow each other in a plan; the plan takes up the results in its own
 * order. Nothing that programs can find changes by it, so no order is lost. For one thread.
 */
final class Ahead {
    /** Most of the time goes into the host's memory, which more threads do not make faster. */
    private static final int MOST_THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(),
            2, 4);
    /** Fewer are moved before threads have begun. */
    private static final long LEAST_ELEMENTS = 1 << 16;

    private final GenerationBuilder builder;
    private final Generations generations;
    private final IdentityHashMap<Step, Future<KernelMap>> built = new IdentityHashMap<>();
    private final IdentityHashMap<Step, Future<Boolean>> verified = new IdentityHashMap<>();

    /** What was spent on steps, on their threads. */
    private final Map<Step, Long> spentNanos = Collections.synchronizedMap(new IdentityHashMap<>());

    Ahead(GenerationBuilder builder, Generations generations) {
        this.builder = builder;
        this.generations = generations;
    }

    /** Work on one map. */
    private interface Work<R> {
        R perform() throws KernelException, ProblemException;
    }

    /** One step of a group: what it does, and on how many elements. */
    private record Piece<R>(Step step, Tree<Bytes> elements, Callable<R> work) {}

    /**
     * Before the first of these steps is performed.
     *
     * @param failed maps whose steps are not performed any more
     * @return the number of steps that need not be shown again, at least one
     */
    int prepare(List<Step> steps, Actual actual, Set<Long> failed) {
        int count = 0;
        List<Piece<KernelMap>> builds = new ArrayList<>();
        while (count < steps.size() && steps.get(count) instanceof Step.Build step) {
            if (!failed.contains(step.mapId())) {
                builds.add(new Piece<>(step, step.contents().elements(),
                        () -> builder.build(step)));
            }
            count++;
        }
        List<Piece<Boolean>> checks = new ArrayList<>();
        while (count < steps.size() && steps.get(count) instanceof Step.Verify step) {
            Held held = actual.held(step.mapId());
            if (held != null && !failed.contains(step.mapId())) {
                held.kept(step.generation())
                        .ifPresent(kept -> checks.add(check(step, held, kept)));
            }
            count++;
        }
        perform(builds, built);
        perform(checks, verified);
        return Math.max(count, 1);
    }

    private Piece<Boolean> check(Step.Verify step, Held held, Generation kept) {
        return new Piece<>(step, step.contents().elements(),
                () -> generations.verify(held, kept, step.contents()));
    }

    private <R> void perform(List<Piece<R>> pieces,
            IdentityHashMap<Step, Future<R>> results) {
        int threads = Math.min(MOST_THREADS, pieces.size());
        if (threads < 2 || pieces.stream()
                .mapToLong(piece -> piece.elements().size())
                .sum() < LEAST_ELEMENTS) {
            return;
        }
        // Closing waits for all; who interrupts it finds those done that had begun.
        try (ExecutorService pool = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().name("nestmap-build-", 0).factory())) {
            pieces.forEach(piece -> results.put(piece.step(), pool.submit(() -> timed(piece))));
        } catch (OutOfMemoryError _) {
            // No thread to be had, as where the host counts them: what was not begun is done when it is performed.
        }
    }

    private <R> R timed(Piece<R> piece) throws Exception {
        long begunNanos = System.nanoTime();
        try {
            return piece.work().call();
        } finally {
            spentNanos.put(piece.step(), System.nanoTime() - begunNanos);
        }
    }

    /** What was spent on a step before it was performed. */
    long spentNanos(Step step) {
        return spentNanos.getOrDefault(step, 0L);
    }

    /** What a step builds; the caller closes it. */
    KernelMap build(Step.Build step) throws KernelException, ProblemException {
        return take(built.remove(step), () -> builder.build(step));
    }

    /** As {@link Generations#verify}. */
    boolean verify(Step.Verify step, Held held, Generation kept)
            throws KernelException, ProblemException {
        return take(verified.remove(step),
                () -> generations.verify(held, kept, step.contents()));
    }

    private static <R> R take(@Nullable Future<R> done, Work<R> otherwise)
            throws KernelException, ProblemException {
        if (done == null || !done.isDone()) {
            return otherwise.perform();
        }
        if (done.state() == Future.State.SUCCESS) {
            return done.resultNow();
        }
        switch (done.exceptionNow()) {
            case KernelException refusal -> throw refusal;
            case ProblemException problem -> throw problem;
            case RuntimeException mistake -> throw mistake;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    /** Lets go of what no step took up; its pins keep it. */
    void clear() {
        built.values()
                .stream()
                .filter(done -> done.state() == Future.State.SUCCESS)
                .forEach(done -> done.resultNow().close());
        built.clear();
        verified.clear();
        spentNanos.clear();
    }
}
