package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.NetworkNamespaces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Three servers, two hosts, changes without pause, programs that look without pause, and one fault after the other, at random.
 * {@code -Dnestmap.soak.seconds=600} for ten minutes, {@code -Dnestmap.seed=N} for others.
 */
class SoakTest {
    private static final int SECONDS = Integer.getInteger("nestmap.soak.seconds", 40);
    private static final long SEED = Long.getLong("nestmap.seed", 12);
    private static final Duration HEALED = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int LONGEST_FAULT_MILLIS = 3_000;
    private static final int LONGEST_PEACE_MILLIS = 1_500;
    private static final int LOOKS_AT_ONCE = 20_000;
    private static final List<String> FOUND = List.of("looks", "missing flows", "missing prefixes",
            "missing rings", "missing tables", "tables of two versions");

    private final Random random = new Random(SEED);
    private final NavigableMap<String, Integer> counts = new TreeMap<>();

    @Test
    void whateverGoesWrongProgramsMissNothingAndInTheEndTheKernelsHoldWhatTheStoreHolds()
            throws Exception {
        System.out.printf("seed %d, %d s%n", SEED, SECONDS);
        try (Processes processes = new Processes();
                NetworkNamespaces networks = new NetworkNamespaces();
                BpfFilesystem programs = new BpfFilesystem()) {
            Members members = new Members(processes);
            String[] servers = members.addresses();
            try (NestmapClient client = Processes.patientClient(servers);
                    SoakHost east = new SoakHost("east", processes, networks, servers);
                    SoakHost west = new SoakHost("west", processes, networks, servers);
                    SoakWorkload workload = new SoakWorkload(client, SEED)) {
                List<SoakHost> hosts = List.of(east, west);
                hosts.forEach(host -> Await.until(Processes.START,
                        () -> host.agent().out().contains("nestmap agent: node"),
                        host.agent()::err));
                awaitApplied(servers, hosts);
                List<BpfProgram> probes = hosts.stream()
                        .map(host -> BpfProgram.load("soak",
                                programs.root().resolve(host.name()), host.pinned()))
                        .toList();
                try (Looking _ = new Looking(probes)) {
                    workload.start();
                    disturb(members, hosts);
                    workload.stop();
                    awaitApplied(servers, hosts);
                }
                StoreContents store = StoreContents.read(client);
                // An interface that came a moment ago is looked up within a second, as is a bpffs.
                Await.until(SOON, () -> differences(hosts, store).isEmpty(),
                        () -> differences(hosts, store) + said(hosts));
                report(workload, probes);
            }
        }
    }

    private void disturb(Members members, List<SoakHost> hosts) {
        long endNanos = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        while (System.nanoTime() - endNanos < 0) {
            List<SoakFault> faults = new ArrayList<>(SoakFault.all(members, hosts, random));
            Collections.shuffle(faults, random);
            Set<String> targets = new HashSet<>();
            List<Runnable> cures = new ArrayList<>();
            int atOnce = 1 + random.nextInt(3);
            for (SoakFault fault : faults) {
                if (cures.size() < atOnce && targets.add(fault.target())) {
                    counts.merge(fault.name(), 1, Integer::sum);
                    cures.add(fault.start());
                    pass(random.nextInt(LONGEST_FAULT_MILLIS) / 3);
                }
            }
            pass(random.nextInt(LONGEST_FAULT_MILLIS));
            Collections.shuffle(cures, random);
            cures.forEach(Runnable::run);
            hosts.forEach(SoakHost::startWhereItEnded);
            pass(random.nextInt(LONGEST_PEACE_MILLIS));
        }
    }

    private static void pass(int millis) {
        long dueNanos = System.nanoTime() + millis * 1_000_000L;
        Await.until(HEALED, () -> System.nanoTime() - dueNanos > 0, () -> "time stands still");
    }

    /** An agent that cannot start while it has no bpffs is started again, as by a service manager. */
    private static void awaitApplied(String[] servers, List<SoakHost> hosts) {
        long deadlineNanos = System.nanoTime() + HEALED.toNanos();
        Answer answer;
        do {
            hosts.forEach(SoakHost::startWhereItEnded);
            answer = Processes.run(String.join(",", servers),
                    "wait --for=applied --timeout 5s");
        } while ((answer.exitCode() != 0 || !answer.out().contains("2 of 2"))
                && System.nanoTime() - deadlineNanos < 0);
        assertEquals(0, answer.exitCode(), answer + said(hosts));
        assertTrue(answer.out().contains("2 of 2"), answer + said(hosts));
    }

    private static List<String> differences(List<SoakHost> hosts, StoreContents store) {
        return hosts.stream().flatMap(host -> host.differences(store).stream()).toList();
    }

    private static String said(List<SoakHost> hosts) {
        return String.join("\n", hosts.stream()
                .map(host -> host.name() + ": " + host.agent().out() + host.agent().err())
                .toList());
    }

    private void report(SoakWorkload workload, List<BpfProgram> probes) {
        NavigableMap<String, Long> found = new TreeMap<>();
        for (BpfProgram probe : probes) {
            KernelMap counters = probe.map("soak_found");
            for (int i = 0; i < FOUND.size(); i++) {
                found.merge(FOUND.get(i), counters.number(i), Long::sum);
            }
        }
        System.out.printf(
                "soak: seed %d, %d s, %d faults %s; %d writes; the kernels of 2 nodes equal the store; programs: %s%n",
                SEED, SECONDS, counts.values().stream().mapToInt(i -> i).sum(), counts,
                workload.writes(), found);
        assertTrue(found.getOrDefault(FOUND.getFirst(), 0L) > 0);
        assertEquals(0,
                FOUND.stream().skip(1).mapToLong(name -> found.getOrDefault(name, 0L)).sum(),
                found::toString);
    }

    /** Programs that look, one host after the other, until this is closed. */
    private static final class Looking implements AutoCloseable {
        private final Thread thread;
        private volatile boolean stopping;
        private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

        Looking(List<BpfProgram> programs) {
            thread = Thread.ofPlatform()
                    .name("soak-probe")
                    .uncaughtExceptionHandler((_, thrown) -> failures.add(thrown))
                    .start(() -> {
                        while (!stopping) {
                            programs.forEach(program -> program.run(LOOKS_AT_ONCE));
                        }
                    });
        }

        @Override
        public void close() {
            stopping = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertEquals(List.of(), failures);
        }
    }
}
