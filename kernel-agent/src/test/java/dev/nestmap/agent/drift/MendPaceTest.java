package dev.nestmap.agent.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How often a map may be mended. */
final class MendPaceTest {
    private final MendPace pace = new MendPace();
    private long nowNanos = -5;

    private void pass(long seconds) {
        nowNanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    /** In which seconds a map is mended that drifts all the time. */
    private List<Integer> mends(int seconds) {
        List<Integer> mends = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            boolean _ = pace.drifted(1, nowNanos);
            if (pace.take(nowNanos).isPresent()) {
                mends.add(second);
            }
            pass(1);
        }
        return mends;
    }

    @Test
    void aMapThatDriftsAllTheTimeIsMendedThreeTimesAtOnceThenMoreAndMoreSeldom() {
        assertEquals(List.of(0, 1, 2, 3, 5, 9, 17, 33, 65, 129, 257, 513, 813, 1113, 1413),
                mends(1700));
    }

    @Test
    void aMapThatWasLeftAloneForLongIsMendedAtOnceAgain() {
        assertEquals(5, mends(9).size());
        pace.mended(1);
        pass(61);
        assertEquals(List.of(0, 1, 2, 3, 5), mends(9));
    }

    @Test
    void itIsSaidWhenAMapHasToWait() {
        for (int i = 0; i < 3; i++) {
            assertFalse(pace.drifted(1, nowNanos));
            assertEquals(OptionalLong.of(1), pace.take(nowNanos));
        }
        assertTrue(pace.drifted(1, nowNanos));
        assertTrue(pace.isHeldBack(1));
        assertFalse(pace.drifted(1, nowNanos), "it waits already");
        assertTrue(pace.isHeldBack(1));
        assertEquals(nowNanos + TimeUnit.SECONDS.toNanos(1), pace.dueNanos(1).orElseThrow());
        assertEquals(OptionalLong.empty(), pace.take(nowNanos));
        pace.mended(1);
        assertTrue(pace.dueNanos().isEmpty());
    }

    @Test
    void aLoaderMayExchangeItsMapAsOftenAsItLikes() {
        for (int second = 0; second < 100; second++) {
            pace.exchanged(1, nowNanos);
            assertFalse(pace.isHeldBack(1));
            assertEquals(OptionalLong.of(1), pace.take(nowNanos));
            pace.took(1, TimeUnit.MILLISECONDS.toNanos(10), nowNanos);
            pass(1);
        }
        pace.took(1, TimeUnit.SECONDS.toNanos(1), nowNanos);
        pace.exchanged(1, nowNanos);
        assertEquals(OptionalLong.empty(), pace.take(nowNanos), "but not for more than its share");
        pass(20);
        assertEquals(OptionalLong.of(1), pace.take(nowNanos));
    }

    @Test
    void oneMapDoesNotHoldUpAnother() {
        assertEquals(5, mends(8).size());
        boolean _ = pace.drifted(1, nowNanos);
        assertFalse(pace.drifted(2, nowNanos));
        assertEquals(OptionalLong.of(2), pace.take(nowNanos));
    }

    @Test
    void aMapRestsTwentyTimesAsLongAsItsMendingTookAndNoOtherDoes() {
        boolean _ = pace.drifted(1, nowNanos);
        assertEquals(OptionalLong.of(1), pace.take(nowNanos));
        pace.took(1, TimeUnit.SECONDS.toNanos(2), nowNanos);
        assertFalse(pace.drifted(1, nowNanos));
        assertFalse(pace.isHeldBack(1), "it waits for its share, not because somebody writes it");
        boolean _ = pace.drifted(2, nowNanos);
        assertEquals(OptionalLong.of(2), pace.take(nowNanos));
        pass(39);
        assertEquals(OptionalLong.empty(), pace.take(nowNanos));
        assertEquals(nowNanos + TimeUnit.SECONDS.toNanos(1), pace.dueNanos().orElseThrow());
        pass(1);
        assertEquals(OptionalLong.of(1), pace.take(nowNanos));
    }

    @Test
    void aLargeMapThatWaitsForItsShareDoesNotHoldUpASmallOne() {
        for (long id = 1; id <= 2; id++) {
            boolean _ = pace.drifted(id, nowNanos);
            assertEquals(OptionalLong.of(id), pace.take(nowNanos));
            pace.took(id, TimeUnit.SECONDS.toNanos(2), nowNanos);
        }
        // 1 s is left, and 2 s more are there after 40 s.
        pass(1);
        boolean _ = pace.drifted(1, nowNanos);
        pass(1);
        boolean _ = pace.drifted(3, nowNanos);
        assertEquals(OptionalLong.of(3), pace.take(nowNanos));
        assertEquals(OptionalLong.empty(), pace.take(nowNanos));
    }

    @Test
    void whateverDriftsMendingTakesNoMoreThanATwentiethOfTheTimeAndFiveSeconds() {
        int seed = 4;
        Random random = new Random(seed);
        int maps = 2000;
        long took = 0;
        long firsts = 0;
        int seconds = 3600;
        for (int second = 0; second < seconds; second++) {
            for (long id = 1; id <= maps; id++) {
                boolean _ = pace.drifted(id, nowNanos);
            }
            for (OptionalLong id = pace.take(nowNanos); id.isPresent(); id = pace.take(nowNanos)) {
                long nanos = TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(100));
                took += nanos;
                firsts = Math.max(firsts, nanos);
                pace.took(id.getAsLong(), nanos, nowNanos);
            }
            pass(1);
        }
        double bound = seconds / 20.0 + 5 + firsts / 1e9;
        System.out.printf(
                "%d maps drift for an hour (seed %d): %.1f s of mending, the bound is %.1f s%n",
                maps, seed, took / 1e9, bound);
        assertTrue(took / 1e9 <= bound, took + " ns");
        assertTrue(took / 1e9 >= seconds / 40.0, took + " ns: it does not use its share");
    }
}
