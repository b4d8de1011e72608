package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.simulated.Faults;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Looks at very many pins, and at pins that cannot be looked at. */
final class PinCheckTest {
    private static final int MANY = 10_000;
    private static final Path DIRECTORY = Host.ROOT.resolve("default");

    private final Host host;
    private final Fleet fleet = new Fleet();

    PinCheckTest() throws KernelException {
        host = new Host();
    }

    @Test
    void aPinThatCannotBeOpenedDoesNotKeepTheAgentFromTheOthersInItsDirectory() throws Exception {
        IntStream.rangeClosed(1, 9)
                .forEach(id -> fleet.define(id, Fleet.spec("m" + id, MapType.HASH, 8)));
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.live(2000);
        for (int id = 1; id <= 9; id += 2) {
            host.kernel.unpin(DIRECTORY.resolve("m" + id));
        }
        try (KernelMap map = host.open(Host.PATHS.owned(5))) {
            // As good as it was, but another inode.
            map.pin(DIRECTORY.resolve("m5"));
        }
        host.kernel.inject(Faults.failAll("open pin " + DIRECTORY.resolve("m5"), Errno.EIO));
        host.live(3000);
        host.kernel.inject(Faults.none());
        assertEquals(List.of("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9"),
                host.kernel.pins(DIRECTORY));
        assertEquals(4, host.live(0).drift().drifts().size());
        // It is looked at on and on, though nothing changes in the directory any more.
        host.kernel.unpin(DIRECTORY.resolve("m5"));
        assertTrue(host.live(3000).drift().drifts().stream().noneMatch(Drift::isOpen));
        assertEquals(9, host.kernel.pins(DIRECTORY).size());
    }

    @Test
    void tenThousandPinsAreLookedAtInSlices() throws Exception {
        Actual actual = new Actual(Tree.ofObjects(), new TreeMap<>());
        host.kernel.inject(Faults.none());
        host.kernel.makeDirectories(DIRECTORY);
        try (KernelMap map = host.kernel.create("m", Definition
                .toCreate(Fleet.spec("m", MapType.HASH, 8)), null)) {
            for (int id = 1; id <= MANY; id++) {
                Path pin = DIRECTORY.resolve("m" + id);
                map.pin(pin);
                actual = actual.with(id, new Held(id, Fleet.spec("m" + id, MapType.HASH, 8),
                        map.info().id(), false, false, false, List.of(pin), Optional.empty()));
            }
        }
        host.kernel.unpin(DIRECTORY.resolve("m" + MANY));
        try (OpenMaps open = new OpenMaps()) {
            PinCheck check = new PinCheck(host.kernel, Host.PATHS, open, InstantSource.system());
            DriftLedger ledger = new DriftLedger();
            long now = 0;
            int slices = 0;
            long longestNanos = 0;
            while (check.dueNanos(now) <= now) {
                long began = System.nanoTime();
                Findings findings = new Findings(ledger, actual, Instant.EPOCH);
                check.run(findings, now);
                actual = findings.apply();
                longestNanos = Math.max(longestNanos, System.nanoTime() - began);
                slices++;
            }
            System.out.printf("%d pins in one directory: %d slices, the longest of %d us%n", MANY,
                    slices, TimeUnit.NANOSECONDS.toMicros(longestNanos));
            assertTrue(slices > 1, "it was done at once");
            assertEquals(1, ledger.openMaps().size());
            assertFalse(ledger.open(MANY).isEmpty());
            assertTrue(check.dueNanos(now) - now >= TimeUnit.SECONDS.toNanos(1));
        }
    }
}
