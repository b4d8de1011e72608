package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.tree.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is said of maps that are to be mended. */
final class DriftGuardTest {
    private static final long ID = 1;
    private static final Held HELD = new Held(ID,
            MapSpec.of("default", "routes", MapType.HASH, 4, 4, 8), 77, true, false, false,
            List.of(Host.PATHS.root().resolve("default/routes")), Optional.empty());
    private static final Actual ACTUAL = new Actual(
            Tree.<Holding>ofObjects().with(Desired.key(ID), HELD), new TreeMap<>());

    private final DriftLedger ledger = new DriftLedger();
    private final DriftGuard guard = new DriftGuard(DriftOptions.DEFAULT, ledger, Host.PATHS);
    private long nowNanos = 3;

    private void drift(int key) {
        Findings findings = new Findings(ledger, ACTUAL, Instant.EPOCH);
        findings.element(HELD, new Subject.Element(Bytes.u32be(key), Bytes.u32le(key)), null, "7",
                "nothing");
        guard.found(findings, nowNanos);
    }

    private String condition() {
        return guard.condition(ID, 5).orElseThrow().message();
    }

    @Test
    void aMapThatWaitsForItsShareIsNotSaidToHaveAnotherWriter() {
        guard.took(new TreeSet<>(List.of(ID)), TimeUnit.SECONDS.toNanos(10), nowNanos);
        drift(1);
        drift(2);
        assertEquals(List.of(State.FOUND, State.FOUND),
                ledger.open(ID).stream().map(drift -> drift.state()).toList());
        assertTrue(condition().contains("; it is mended at "), this::condition);
        assertFalse(condition().contains("somebody else"), this::condition);
        assertEquals(0, ledger.report().totals().heldBack());
        assertEquals(new TreeSet<>(), guard.take(nowNanos));
        nowNanos += TimeUnit.MINUTES.toNanos(10);
        assertEquals(new TreeSet<>(List.of(ID)), guard.take(nowNanos));
        assertFalse(condition().contains("it is mended"), this::condition);
    }

    @Test
    void aMapThatDriftsTooOftenStaysHeldBackWhateverElseIsFoundInIt() {
        for (int times = 1; times <= 3; times++) {
            drift(1);
            SortedSet<Long> due = guard.take(nowNanos);
            assertEquals(new TreeSet<>(List.of(ID)), due);
            guard.took(due, 0, nowNanos);
        }
        drift(1);
        drift(2);
        drift(1);
        assertEquals(List.of(State.HELD_BACK, State.HELD_BACK),
                ledger.open(ID).stream().map(drift -> drift.state()).toList());
        assertTrue(condition().contains("somebody else writes it"), this::condition);
        assertEquals(1, ledger.report().totals().heldBack());
    }
}
