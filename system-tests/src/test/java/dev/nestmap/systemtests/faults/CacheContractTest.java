package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.cache.BrokenCache;
import dev.nestmap.client.cache.CacheOptions;
import dev.nestmap.client.cache.CacheStats;
import dev.nestmap.client.cache.NearCache;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What caches and mirrors promise, while the leader is killed, paused and cut off and the connections of clients are cut and
 * stalled. Reads wanted: {@code -Dnestmap.cache.reads=N}.
 */
class CacheContractTest {
    private static final long READS = Long.getLong("nestmap.cache.reads", 1_000_000);
    private static final long SEED = Long.getLong("nestmap.cache.seed", 1);
    private static final Duration STALENESS = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration FAULT = Duration.ofSeconds(3);
    private static final int CLIENTS = 8;
    private static final int OWN_KEYS = 8;
    private static final int KEYS = CLIENTS * OWN_KEYS;

    private final Map<String, Proxy> clientProxies = new HashMap<>();
    private final Map<String, Proxy> raftProxies = new HashMap<>();
    private final Random random = new Random(SEED);
    private final List<KeyHistory> histories = new ArrayList<>();
    private final List<CachedClient> clients = new ArrayList<>();
    private Processes processes;
    private Members members;

    @BeforeEach
    void startThreeMembersBehindProxies() {
        processes = new Processes();
        members = new Members(processes, real -> front(clientProxies, real),
                real -> front(raftProxies, real));
        try (NestmapClient client = Processes.patientClient(members.addresses())) {
            client.maps().create(MapSpec.of("default", CachedClient.MAP, MapType.HASH, 4, 8, KEYS));
        }
    }

    @AfterEach
    void endAll() {
        try (Processes _ = processes) {
            clients.forEach(CachedClient::close);
            clientProxies.values().forEach(Proxy::close);
            raftProxies.values().forEach(Proxy::close);
        }
    }

    @Test
    void noReadIsTooOldOrGoesBackOrMissesAnOwnWriteWhateverHappens() throws InterruptedException {
        startClients(CLIENTS, NearCache::open);
        awaitReads(READS / 50);
        for (int round = 0; round < 2 || reads() < READS; round++) {
            killTheLeader();
            pauseTheLeader();
            cutTheLeaderOff();
            disturbConnections();
        }
        ContractChecker checker = stopAndCheck();
        System.out.printf(
                """
                        %d reads through 8 caches and 8 mirrors, %d failed; %d writes; %d violations; oldest answer %d ms \
                        behind the newest acknowledged write (bound %d ms); hits of caches %.1f %%, of mirrors %.1f %%; %d marks%n""",
                reads(), clients.stream().mapToLong(CachedClient::failedReads).sum(),
                histories.stream().mapToLong(KeyHistory::count).sum(),
                checker.violations().size(), checker.oldest().toMillis(), STALENESS.toMillis(),
                100 * hitRate(CachedClient::cacheStats), 100 * hitRate(CachedClient::mirrorStats),
                clients.stream().mapToLong(client -> client.cacheStats().marks()).sum());
        assertEquals(List.of(), checker.violations(), () -> "seed " + SEED);
        assertTrue(hitRate(CachedClient::cacheStats) > 0.1,
                "caches that hold nothing show nothing");
        assertTrue(hitRate(CachedClient::mirrorStats) > 0.1, "mirrors as well");
    }

    /** The test of the test. */
    @Test
    void aCacheThatDropsChangesIsFound() throws InterruptedException {
        startClients(2, BrokenCache::open);
        awaitReads(20_000);
        // Its entries live as long as the marks come, so that what is read gets older and older.
        long untilNanos = System.nanoTime() + STALENESS.multipliedBy(3).toNanos();
        Await.until(SOON, () -> System.nanoTime() - untilNanos > 0, () -> "time stands still");
        ContractChecker checker = stopAndCheck();
        System.out.println("a cache that drops changes: " + checker.violations().getFirst());
        assertFalse(checker.violations().isEmpty());
    }

    private void startClients(int count,
            BiFunction<BpfMap<Integer, Long>, CacheOptions, NearCache<Integer, Long>> opener) {
        for (int i = 0; i < KEYS; i++) {
            histories.add(new KeyHistory());
        }
        for (int i = 0; i < count; i++) {
            CachedClient client = new CachedClient("client " + i, members.fronts(), STALENESS,
                    opener);
            clients.add(client);
            client.write(histories, i * OWN_KEYS, OWN_KEYS);
            client.read(count * OWN_KEYS, SEED + 10L * i);
        }
    }

    private ContractChecker stopAndCheck() throws InterruptedException {
        for (CachedClient client : clients) {
            client.stop();
            assertEquals(List.of(), client.failures());
        }
        ContractChecker checker = new ContractChecker(histories, STALENESS);
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).check(checker, i * OWN_KEYS, OWN_KEYS);
        }
        return checker;
    }

    private void killTheLeader() {
        String leader = leader();
        members.kill(leader);
        awaitReads(reads() + READS / 20);
        awaitLeader();
        members.start(leader);
        // Else the next fault is a second one at the same time, and no majority is left.
        members.awaitStarted(leader);
    }

    private void pauseTheLeader() {
        String pid = Long.toString(members.pid(leader()));
        Command.of("kill", "-STOP", pid).run();
        passTime();
        Command.of("kill", "-CONT", pid).run();
        awaitReads(reads() + READS / 20);
    }

    /** From the other members; clients still reach it. */
    private void cutTheLeaderOff() {
        String leader = leader();
        long pid = members.pid(leader);
        Map<Proxy.Link, Boolean> itsOwn = new java.util.concurrent.ConcurrentHashMap<>();
        raftProxies.forEach((real, proxy) -> proxy
                .stallWhere(link -> real.equals(members.raftAddress(leader)) || itsOwn
                        .computeIfAbsent(link, it -> SocketOwner.owns(pid, it.port(),
                                it.remotePort()))));
        passTime();
        awaitReads(reads() + READS / 20);
        raftProxies.values().forEach(proxy -> proxy.stallWhere(link -> false));
    }

    private void disturbConnections() {
        long untilNanos = System.nanoTime() + FAULT.toNanos();
        while (System.nanoTime() - untilNanos < 0) {
            List<Proxy.Link> links = clientProxies.values()
                    .stream()
                    .flatMap(proxy -> proxy.links().stream())
                    .toList();
            if (!links.isEmpty()) {
                Proxy.Link link = links.get(random.nextInt(links.size()));
                if (random.nextInt(3) == 0) {
                    link.cut();
                } else {
                    link.stall(Duration.ofMillis(random.nextInt(2500)));
                }
            }
            awaitReads(reads() + READS / 500);
        }
    }

    private void passTime() {
        long untilNanos = System.nanoTime() + FAULT.toNanos();
        Await.until(SOON, () -> System.nanoTime() - untilNanos > 0, () -> "time stands still");
    }

    private void awaitReads(long count) {
        Await.until(SOON.multipliedBy(2), () -> reads() >= count,
                () -> "%d of %d reads, %d failed, the last with %s; members: %s".formatted(reads(),
                        count, clients.stream().mapToLong(CachedClient::failedReads).sum(),
                        clients.stream().map(CachedClient::lastFailure).toList(),
                        members.said()));
    }

    private long reads() {
        return clients.stream().mapToLong(CachedClient::reads).sum();
    }

    private double hitRate(java.util.function.Function<CachedClient, CacheStats> stats) {
        ToLongFunction<CachedClient> hits = client -> stats.apply(client).hits();
        ToLongFunction<CachedClient> misses = client -> stats.apply(client).misses();
        long all = clients.stream().mapToLong(hits).sum()
                + clients.stream().mapToLong(misses).sum();
        return (double) clients.stream().mapToLong(hits).sum() / all;
    }

    private void awaitLeader() {
        Await.until(SOON, () -> members.leader().isPresent(), () -> "no member leads");
    }

    private String leader() {
        awaitLeader();
        return members.leader().orElseThrow();
    }

    private static String front(Map<String, Proxy> proxies, String real) {
        Proxy proxy = new Proxy(real);
        proxies.put(real, proxy);
        return proxy.address();
    }
}
