package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KnownRevisionTest {
    private final AtomicLong now = new AtomicLong(-5);
    private final KnownRevision known = new KnownRevision(now::get);

    @Test
    void theNewestIsKnownForAMinute() {
        assertEquals(0, known.revision());
        known.heard(7);
        known.heard(6);
        assertEquals(7, known.revision());
        now.addAndGet(Duration.ofSeconds(59).toNanos());
        assertEquals(7, known.revision());
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertEquals(0, known.revision());
        known.heard(6);
        assertEquals(6, known.revision());
    }
}
