package dev.nestmap.model.differential;

import dev.nestmap.model.differential.Comparison.Mismatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Runs sequences of random operations, each with maps of its own, and says of the first mismatch how to see it again. */
public final class Differential {
    private static final int SEQUENCE_OPERATIONS = 500;

    private final Supplier<Comparison> comparisons;

    /** Each sequence, and each try to shrink one, has a new comparison. */
    public Differential(Supplier<Comparison> comparisons) {
        this.comparisons = comparisons;
    }

    /**
     * Runs so many operations.
     *
     * @throws AssertionError with the shrunk transcript of the first sequence that shows a mismatch
     */
    public void run(long seed, long operations) {
        SplittableRandom random = new SplittableRandom(seed);
        for (long done = 0; done < operations; done += SEQUENCE_OPERATIONS) {
            sequence(seed, done, random, (int) Math.min(SEQUENCE_OPERATIONS, operations - done));
        }
    }

    /**
     * Runs sequences that were made, each with maps of its own.
     *
     * @throws AssertionError as {@link #run}
     */
    public void runAll(List<List<Operation>> sequences) {
        for (int i = 0; i < sequences.size(); i++) {
            List<Operation> performed = new ArrayList<>();
            try (Comparison comparison = comparisons.get()) {
                for (Operation operation : sequences.get(i)) {
                    perform(comparison, operation, "sequence %d".formatted(i), performed);
                }
                look(comparison, "sequence %d".formatted(i), performed);
            }
        }
    }

    /** Performs a transcript; the first mismatch. */
    public Optional<Mismatch> replay(List<Operation> operations) {
        try (Comparison comparison = comparisons.get()) {
            return comparison.performAll(operations);
        }
    }

    private void sequence(long seed, long number, SplittableRandom random, int length) {
        List<Operation> performed = new ArrayList<>();
        try (Comparison comparison = comparisons.get()) {
            Generator generator = new Generator(random);
            for (int i = 0; i < length; i++) {
                Operation operation = generator.next(comparison.model());
                perform(comparison, operation, place(seed, number, performed), performed);
            }
            look(comparison, place(seed, number, performed), performed);
        }
    }

    private static String place(long seed, long number, List<Operation> performed) {
        return "seed %d, operation %d".formatted(seed, number + performed.size());
    }

    private void look(Comparison comparison, String place, List<Operation> performed) {
        for (Operation look : comparison.finalLooks()) {
            perform(comparison, look, place, performed);
        }
    }

    private void perform(Comparison comparison, Operation operation, String place,
            List<Operation> performed) {
        performed.add(operation);
        Optional<Mismatch> mismatch = comparison.perform(operation);
        if (mismatch.isPresent()) {
            throw failure(place, mismatch.get(), performed);
        }
    }

    private AssertionError failure(String place, Mismatch first, List<Operation> performed) {
        List<Operation> shrunk = Shrinker.shrink(performed, tried -> replay(tried).isPresent());
        Object again = replay(shrunk).<Object>map(found -> found)
                .orElse("it does not show each time: look at the whole sequence");
        return new AssertionError(
                "%s: %s%n%nshrunk from %d to %d operations:%n%n%s%n%n%s%n".formatted(
                        place, first, performed.size(), shrunk.size(),
                        Transcript.text(shrunk), again));
    }
}
