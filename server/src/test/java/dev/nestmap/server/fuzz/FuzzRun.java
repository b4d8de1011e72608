package dev.nestmap.server.fuzz;

import java.time.Duration;
import java.util.Random;

/**
 * A loop over seeds for a while: {@code -Dnestmap.fuzz.seconds=600} makes it longer, {@code -Dnestmap.fuzz.seed=N} begins it
 * elsewhere. Where one round fails, its seed is in the message, and one second from that seed on repeats it.
 */
public final class FuzzRun {
    private FuzzRun() {}

    /** One round, from its own source of randomness. */
    public interface Round {
        /** Fails by throwing. */
        void run(Random random) throws Exception;
    }

    /** Runs rounds until the time is over; prints how many there were. */
    public static void of(String what, Round round) {
        long first = Long.getLong("nestmap.fuzz.seed", 1);
        Duration time = Duration.ofSeconds(Long.getLong("nestmap.fuzz.seconds", 20));
        long start = System.nanoTime();
        long seed = first;
        while (System.nanoTime() - start < time.toNanos()) {
            try {
                round.run(new Random(seed));
            } catch (Throwable e) {
                throw new AssertionError("fuzzing %s, -Dnestmap.fuzz.seed=%d: %s"
                        .formatted(what, seed, e), e);
            }
            seed++;
        }
        System.out.printf("fuzzed %s: %d rounds from seed %d in %d s%n", what, seed - first, first,
                time.toSeconds());
    }
}
