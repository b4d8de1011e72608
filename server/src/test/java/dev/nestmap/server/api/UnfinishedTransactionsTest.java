package dev.nestmap.server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.server.api.UnfinishedTransactions.Share;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnfinishedTransactionsTest {
    private final AtomicLong clock = new AtomicLong(-5);
    private final AtomicInteger drops = new AtomicInteger();
    private final UnfinishedTransactions unfinished = new UnfinishedTransactions(100, clock::get);

    @Test
    void whatDoesNotFitIsRefusedAndHoldsNothingMore() {
        Share one = share();
        Share other = share();
        assertTrue(unfinished.grow(one, 60));
        assertFalse(unfinished.grow(other, 41));
        assertEquals(60, unfinished.bytes());
        assertTrue(unfinished.grow(other, 40));
        unfinished.release(one);
        unfinished.release(one);
        assertEquals(40, unfinished.bytes());
        assertEquals(0, drops.get());
    }

    @Test
    void whoSentNothingForLongMakesRoomAndWhoDidDoesNot() {
        Share idle = share();
        Share busy = share();
        assertTrue(unfinished.grow(idle, 50));
        assertTrue(unfinished.grow(busy, 30));
        clock.addAndGet(UnfinishedTransactions.IDLE.toNanos());
        assertTrue(unfinished.grow(busy, 10));
        clock.addAndGet(1);
        assertTrue(unfinished.grow(share(), 60));
        assertEquals(1, drops.get());
        assertEquals(100, unfinished.bytes());
        assertFalse(unfinished.grow(busy, 1));
        assertEquals(1, drops.get());
    }

    private Share share() {
        return new Share(drops::incrementAndGet);
    }
}
