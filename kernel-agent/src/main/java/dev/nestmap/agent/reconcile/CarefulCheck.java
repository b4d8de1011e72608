package dev.nestmap.agent.reconcile;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The thread that looks is the one that keeps the maps as the store wants them: a mistake of this program in a look must not end it. The
 * check that made it rests for a minute, and then goes on behind the map at which it happened; where it made none in a whole round,
 * it is forgotten.
 */
/** A check that a mistake of this program puts to rest for a while. For one thread; time is handed in. */
final class CarefulCheck {
    private static final Logger LOG = LoggerFactory.getLogger(CarefulCheck.class);
    private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** The first end is that of the round in which it happened. */
    private static final int ROUNDS = 2;

    private final Check check;
    private Optional<Mistake> mistake = Optional.empty();
    private long restUntilNanos;
    private int roundsLeft;

    /** What is to be said of a map; the map at which it did is 0 where it was none in particular. */
    record Mistake(long mapId, String words) {}

    CarefulCheck(Check check) {
        this.check = check;
    }

    /** The last mistake, as long as it may be made again. */
    Optional<Mistake> mistake() {
        return mistake;
    }

    long dueNanos(long nowNanos) {
        long due = check.dueNanos(nowNanos);
        return mistake.isPresent() && restUntilNanos - due > 0 ? restUntilNanos : due;
    }

    boolean isDue(long nowNanos) {
        return dueNanos(nowNanos) - nowNanos <= check.leewayNanos();
    }

    void run(Findings findings, long nowNanos) {
        try {
            if (check.run(findings, nowNanos) && mistake.isPresent() && --roundsLeft == 0) {
                mistake = Optional.empty();
                findings.tellNews();
            }
        } catch (RuntimeException e) {
            Mistake now = new Mistake(check.mapId(),
                    "it is not looked at whether others changed %s, because of a mistake of this program (%s): tried again each minute, and all else goes on; report it with the agent's log"
                            .formatted(check.words(), e));
            if (!mistake.equals(Optional.of(now))) {
                LOG.error(
                        "a mistake of this program in looking for what others changed in {}, at map {}: it rests for a minute, all else goes on",
                        check.words(), now.mapId(), e);
            }
            mistake = Optional.of(now);
            restUntilNanos = nowNanos + REST_NANOS;
            roundsLeft = ROUNDS;
            findings.tellNews();
        }
    }
}
