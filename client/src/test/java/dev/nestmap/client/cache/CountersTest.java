package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final int HITS = 1000;

    private final Counters counters = new Counters();

    @Test
    void noHitIsLostHoweverManyThreadsThereAre() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                threads.add(Thread.ofPlatform().start(this::hits));
                threads.add(Thread.ofVirtual().start(this::hits));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(3 * 200 * HITS, counters.stats(0, 0, 0, 0).hits());
    }

    private void hits() {
        for (int i = 0; i < HITS; i++) {
            counters.seat().hit();
        }
    }

    @Test
    void aThreadHasItsSeatToItself() throws InterruptedException {
        Counters.Seat own = counters.seat();
        assertSame(own, counters.seat());
        for (int i = 0; i < 200; i++) {
            Thread other = Thread.ofVirtual().start(() -> assertNotSame(own, counters.seat()));
            other.join();
        }
        assertSame(own, counters.seat());
    }
}
