package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.AppliedNodes;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.systemtests.faults.Ledger.Page;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.Probe;
import dev.nestmap.systemtests.rig.Running;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code nestmap dev}, killed with SIGKILL again and again while writers write and a program looks
 * through its outer map. {@code -Dnestmap.kills=50} for a longer run, {@code -Dnestmap.seed=N} for
 * another one.
 */
class KillNineTest {
    private static final int KILLS = Integer.getInteger("nestmap.kills", 10);
    private static final long SEED = Long.getLong("nestmap.seed", 6);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MOST_WRITES_BETWEEN = 400;
    private static final int LONGEST_START_MILLIS = 2_000;
    private static final int MOST_MICROS_AFTER_WRITE = 3_000;

    private final Random random = new Random(SEED);
    private final Ledger ledger = new Ledger();
    private int lost;
    private int inDoubt;
    private int duringStart;
    private long longestRecoveryMillis;

    @Test
    void nothingAcknowledgedIsLostAndNoProgramMissesAMapHoweverOftenDevIsKilled() {
        System.out.printf("seed %d, %d kills%n", SEED, KILLS);
        String address = Processes.freeAddress();
        try (Processes processes = new Processes();
                NestmapClient client = Processes.patientClient(address);
                Writers writers = new Writers(client, ledger)) {
            Running dev = processes.dev(address);
            Writers.createMaps(client);
            SlotWrites.createMaps(client);
            awaitApplied(client);
            KernelContents kernel = new KernelContents(processes.pinRoot("dev"));
            SortedMap<String, Integer> ids = kernel.ids();
            try (Probe probe = Probe.load(processes.pinFolder("probe").resolve("probe"),
                    processes.pinRoot("dev").resolve(Writers.NAMESPACE), SlotWrites.SLOTS,
                    SlotWrites.INNER_ENTRIES)) {
                probe.start();
                startAll(writers);
                for (int kill = 0; kill < KILLS; kill++) {
                    dev = killAndCheck(processes, address, dev, client, kernel);
                    assertEquals(List.of(), writers.failures());
                    assertEquals(ids, kernel.ids(), "kernel map ids after kill " + kill);
                }
                writers.stop();
                probe.stop();
                assertEquals(List.of(), writers.failures());
                awaitApplied(client);
                StoreContents contents = StoreContents.read(client);
                assertEquals(List.of(), ledger.hold().violations(contents.cells()));
                kernel.assertEqual(contents);
                System.out.printf("%d kills (%d while it started), %d writes acknowledged, %d were"
                        + " under way at a kill, %d lost; probe: %d hits, %d empty slots, %d"
                        + " unfilled maps; longest time from kill to all read back %d ms%n",
                        KILLS, duringStart, ledger.count(), inDoubt, lost, probe.hits(),
                        probe.emptySlots(), probe.unfilledMaps(), longestRecoveryMillis);
                assertTrue(probe.hits() > 0);
                assertEquals(0, probe.emptySlots());
                assertEquals(0, probe.unfilledMaps());
            }
        }
    }

    private static void startAll(Writers writers) {
        writers.single();
        writers.single();
        writers.pairs();
        writers.pairs();
        writers.once();
        writers.start(SlotWrites.swaps(), 0);
        writers.start(SlotWrites.freshMaps(), 1);
    }

    private Running killAndCheck(Processes processes, String address, Running running,
            NestmapClient client, KernelContents kernel) {
        Running dev = running;
        awaitMoment(random.nextInt(MOST_WRITES_BETWEEN));
        dev.kill();
        long killedNanos = System.nanoTime();
        Page page = ledger.hold();
        inDoubt += page.underWay().size();
        // Nobody is there to change the kernel now: it holds what programs go on with.
        int numbers = kernel.map(Writers.NUMBERS).elements().size();
        dev.close();
        dev = processes.startDev(address);
        if (random.nextInt(4) == 0) {
            duringStart++;
            long dueNanos = System.nanoTime()
                    + random.nextInt(LONGEST_START_MILLIS) * 1_000_000L;
            Await.until(SOON, () -> System.nanoTime() - dueNanos > 0, () -> "time stands still");
            dev.kill();
            dev.close();
            dev = processes.startDev(address);
        }
        dev.awaitOutput("store on " + address, Processes.START);
        List<String> violations = page.violations(StoreContents.read(client).cells());
        lost += violations.size();
        assertEquals(List.of(), violations);
        longestRecoveryMillis = Math.max(longestRecoveryMillis,
                (System.nanoTime() - killedNanos) / 1_000_000);
        awaitApplied(client);
        assertTrue(kernel.map(Writers.NUMBERS).elements().size() >= numbers,
                "elements went away from the kernel");
        ledger.release();
        return dev;
    }

    /** Some writes from now, and some microseconds after the last of them. */
    private void awaitMoment(int writes) {
        long target = ledger.count() + 1 + writes;
        Await.until(SOON, () -> ledger.count() >= target,
                () -> "%d of %d writes".formatted(ledger.count(), target));
        long dueNanos = System.nanoTime() + random.nextInt(MOST_MICROS_AFTER_WRITE) * 1_000L;
        while (System.nanoTime() - dueNanos < 0) {
            Thread.onSpinWait();
        }
    }

    private static void awaitApplied(NestmapClient client) {
        for (String name : List.of(Writers.NUMBERS, Writers.LEFT, SlotWrites.OUTER)) {
            AppliedNodes nodes = client.nodes()
                    .waitApplied(client.map(name).ref(), 0, SOON)
                    .value();
            assertEquals(Map.of(), nodes.missing()
                    .stream()
                    .collect(Collectors.toMap(AppliedNodes.Laggard::node,
                            AppliedNodes.Laggard::reason)));
        }
    }
}
