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
                performed.add(operation);
                if (comparison.perform(operation).isPresent()) {
                    throw failure(seed, number, performed);
                }
            }
            for (Operation look : comparison.finalLooks()) {
                performed.add(look);
                if (comparison.perform(look).isPresent()) {
                    throw failure(seed, number, performed);
                }
            }
        }
    }

    private AssertionError failure(long seed, long number, List<Operation> performed) {
        List<Operation> shrunk = Shrinker.shrink(performed, tried -> replay(tried).isPresent());
        Object mismatch = replay(shrunk).<Object>map(found -> found)
                .orElse("it does not show again when all is repeated: look at the whole sequence");
        return new AssertionError(
                "seed %d, operation %d, shrunk from %d to %d operations:%n%n%s%n%n%s%n".formatted(
                        seed,
                        number + performed.size() - 1, performed.size(), shrunk.size(),
                        Transcript.text(shrunk), mismatch));
    }
}
