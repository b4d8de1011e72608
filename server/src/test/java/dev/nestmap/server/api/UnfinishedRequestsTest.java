package dev.nestmap.server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.server.api.UnfinishedRequests.Growth;
import dev.nestmap.server.api.UnfinishedRequests.Share;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UnfinishedRequestsTest {
    private final AtomicLong clock = new AtomicLong(-5);
    private final AtomicInteger drops = new AtomicInteger();
    private final UnfinishedRequests unfinished = new UnfinishedRequests(100, 70, clock::get,
            Runnable::run);
    private int connections;

    @Test
    void whatDoesNotFitIsRefusedAndHoldsNothingMore() {
        Share one = share();
        Share other = share();
        assertEquals(Growth.GROWN, unfinished.grow(one, 60));
        assertEquals(Growth.FULL, unfinished.grow(other, 41));
        assertEquals(60, unfinished.bytes());
        assertEquals(Growth.GROWN, unfinished.grow(other, 40));
        unfinished.release(one);
        unfinished.release(one);
        assertEquals(40, unfinished.bytes());
        assertEquals(0, drops.get());
    }

    @Test
    void whoSentNothingForLongMakesRoomAndWhoDidDoesNot() {
        Share idle = share();
        Share busy = share();
        assertEquals(Growth.GROWN, unfinished.grow(idle, 50));
        assertEquals(Growth.GROWN, unfinished.grow(busy, 30));
        clock.addAndGet(UnfinishedRequests.IDLE.toNanos());
        assertEquals(Growth.GROWN, unfinished.grow(busy, 10));
        clock.addAndGet(1);
        assertEquals(Growth.GROWN, unfinished.grow(share(), 60));
        assertEquals(1, drops.get());
        assertEquals(100, unfinished.bytes());
        assertEquals(Growth.FULL, unfinished.grow(busy, 1));
        assertEquals(1, drops.get());
    }

    @Test
    void messagesWithNothingInThemAreNoSignOfLife() {
        Share hostile = share();
        assertEquals(Growth.GROWN, unfinished.grow(hostile, 70));
        clock.addAndGet(UnfinishedRequests.IDLE.toNanos() + 1);
        assertEquals(Growth.GROWN, unfinished.grow(hostile, 0));
        assertEquals(Growth.GROWN, unfinished.grow(share(), 50));
        assertEquals(1, drops.get());
    }

    @Test
    void whoSendsALittleAgainAndAgainEndsAfterAllTheSame() {
        Share hostile = share();
        assertEquals(Growth.GROWN, unfinished.grow(hostile, 60));
        for (int i = 0; i < 10; i++) {
            clock.addAndGet(UnfinishedRequests.LIFE.toNanos() / 10);
            assertEquals(Growth.GROWN, unfinished.grow(hostile, 1));
        }
        clock.addAndGet(1);
        assertEquals(Growth.TOO_LATE, unfinished.grow(hostile, 1));
        assertEquals(Growth.GROWN, unfinished.grow(share(), 60));
        assertEquals(1, drops.get());
    }

    /** Who grows holds a lock of its own; two that drop each other must not wait for each other's. */
    @Test
    @Timeout(30)
    void whoGrowsDoesNotWaitForWhoMakesRoom() throws InterruptedException {
        UnfinishedRequests apart = new UnfinishedRequests(100, 70, clock::get,
                Thread::startVirtualThread);
        CountDownLatch grown = new CountDownLatch(1);
        CountDownLatch dropped = new CountDownLatch(1);
        Share idle = new Share(new Object(), () -> {
            try {
                grown.await();
                dropped.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertEquals(Growth.GROWN, apart.grow(idle, 70));
        clock.addAndGet(UnfinishedRequests.IDLE.toNanos() + 1);
        assertEquals(Growth.GROWN, apart.grow(share(), 50));
        grown.countDown();
        dropped.await();
    }

    @Test
    void oneConnectionLeavesRoomForTheOthers() {
        Object connection = new Object();
        Share first = new Share(connection, drops::incrementAndGet);
        Share second = new Share(connection, drops::incrementAndGet);
        assertEquals(Growth.GROWN, unfinished.grow(first, 50));
        assertEquals(Growth.CONNECTION_FULL, unfinished.grow(second, 21));
        assertEquals(Growth.GROWN, unfinished.grow(share(), 30));
        unfinished.release(first);
        assertEquals(Growth.GROWN, unfinished.grow(second, 70));
        unfinished.release(second);
        assertEquals(1, unfinished.connections());
    }

    private Share share() {
        return new Share(connections++, drops::incrementAndGet);
    }
}
