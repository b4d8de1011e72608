package dev.nestmap.agent.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.Finding.Remedy;
import dev.nestmap.model.Bytes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is remembered of what was found. */
final class DriftLedgerTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final DriftLedger ledger = new DriftLedger();

    private static Finding element(long map, int key) {
        return new Finding(map, "default", "m" + map, DriftKind.CONTENTS, subject(key), "1", "2",
                Remedy.AGENT, "");
    }

    private static Subject.Element subject(int key) {
        return new Subject.Element(Bytes.u32le(key), Bytes.u32le(key));
    }

    @Test
    void whatComesBackIsTheSameDriftSinceItsFirstTime() {
        ledger.found(element(1, 7), NOON);
        ledger.mended(1, subject(7)::equals, NOON.plusSeconds(1));
        ledger.found(element(1, 7), NOON.plusSeconds(5));
        List<Drift> drifts = ledger.report().drifts();
        assertEquals(1, drifts.size());
        Drift drift = drifts.getFirst();
        assertEquals("07 00 00 00", drift.key());
        assertEquals(NOON, drift.firstSeen());
        assertEquals(NOON.plusSeconds(5), drift.lastSeen());
        assertEquals(2, drift.times());
        assertEquals(State.FOUND, drift.state());
        assertEquals(Optional.of(NOON.plusSeconds(1)), drift.mended());
        assertEquals(2, ledger.report().totals().found().get(DriftKind.CONTENTS));
        assertEquals(1, ledger.report().totals().mended().get(DriftKind.CONTENTS));
    }

    @Test
    void ofOneMapSoManyAreToldAndTheOthersAreCounted() {
        int all = 1000;
        for (int key = 0; key < all; key++) {
            ledger.found(element(1, key), NOON);
        }
        assertEquals(DriftLedger.MOST_OF_A_MAP, ledger.open(1).size());
        assertEquals(all, ledger.openCount(1));
        assertEquals(all - DriftLedger.MOST_OF_A_MAP, ledger.report().unlisted());
        ledger.mended(1, _ -> true, NOON);
        assertEquals(0, ledger.openCount(1));
        assertEquals(all, ledger.report().totals().mended().get(DriftKind.CONTENTS));
    }

    @Test
    void aReportIsBoundedHoweverManyMapsDrift() {
        for (long map = 0; map < 5000; map++) {
            ledger.found(element(map, 1), NOON);
            if (map % 2 == 0) {
                ledger.mended(map, _ -> true, NOON);
            }
        }
        DriftReport report = ledger.report();
        assertTrue(report.drifts().size() <= 64, "drifts: " + report.drifts().size());
        assertEquals(2500, report.unlisted()
                + report.drifts().stream().filter(Drift::isOpen).count());
    }

    @Test
    void whatIsNotTheAgentsStaysUntilItIsSeenToBeRight() {
        Subject.Pin pin = new Subject.Pin(Path.of("/sys/fs/bpf/x"));
        Finding finding = new Finding(1, "default", "m", DriftKind.IDENTITY, pin,
                "kernel id 1", "kernel id 2", Remedy.OPERATOR, "");
        ledger.found(finding, NOON);
        ledger.mending(1);
        assertEquals(State.LEFT, ledger.open(1).getFirst().state());
        assertTrue(ledger.knows(finding));
        ledger.forget(1);
        assertEquals(List.of(), ledger.report().drifts());
    }
}
