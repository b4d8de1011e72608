package dev.nestmap.agent.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
            if (!pace.take(nowNanos).isEmpty()) {
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
            assertEquals(Set.of(1L), pace.take(nowNanos));
        }
        assertTrue(pace.drifted(1, nowNanos));
        assertFalse(pace.drifted(1, nowNanos), "it waits already");
        assertEquals(nowNanos + TimeUnit.SECONDS.toNanos(1), pace.dueNanos(1).orElseThrow());
        assertEquals(Set.of(), pace.take(nowNanos));
        pace.mended(1);
        assertTrue(pace.dueNanos().isEmpty());
    }

    @Test
    void oneMapDoesNotHoldUpAnother() {
        assertEquals(5, mends(8).size());
        boolean _ = pace.drifted(1, nowNanos);
        assertFalse(pace.drifted(2, nowNanos));
        assertEquals(Set.of(2L), pace.take(nowNanos));
    }

    @Test
    void mendingManyMapsRestsTwentyTimesAsLongAsItTook() {
        boolean _ = pace.drifted(1, nowNanos);
        assertEquals(Set.of(1L), pace.take(nowNanos));
        pace.took(TimeUnit.SECONDS.toNanos(1), nowNanos);
        boolean _ = pace.drifted(2, nowNanos);
        pass(19);
        assertEquals(Set.of(), pace.take(nowNanos));
        assertEquals(nowNanos + TimeUnit.SECONDS.toNanos(1), pace.dueNanos().orElseThrow());
        pass(1);
        assertEquals(Set.of(2L), pace.take(nowNanos));
    }
}
