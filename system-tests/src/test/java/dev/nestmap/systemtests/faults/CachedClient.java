package dev.nestmap.systemtests.faults;

import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.cache.CacheOptions;
import dev.nestmap.client.cache.CacheStats;
import dev.nestmap.client.cache.Mirror;
import dev.nestmap.client.cache.NearCache;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.typed.BpfMap;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A client with a cache and a mirror of one map, threads that read through them, and keys that it writes itself. */
final class CachedClient implements AutoCloseable {
    static final String MAP = "cached";
    private static final int BURST = 6;
    private static final long PAUSE_NANOS = 1_000_000;

    private final String name;
    private final NestmapClient client;
    private final NearCache<Integer, Long> cache;
    private final Mirror<Integer, Long> mirror;
    private final List<ReadHistory> cacheReads = new ArrayList<>();
    private final List<ReadHistory> mirrorReads = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong failedReads = new AtomicLong();
    private volatile String lastFailure = "";
    private volatile boolean stopping;

    CachedClient(String name, String[] servers, Duration staleness,
            BiFunction<BpfMap<Integer, Long>, CacheOptions, NearCache<Integer, Long>> opener) {
        this.name = name;
        this.client = NestmapClient.connect(ClientOptions.defaults()
                .withTargets(servers)
                .withTimeout(Duration.ofSeconds(60))
                .withAttemptTimeout(Duration.ofSeconds(1))
                .withPatience(Duration.ofSeconds(60)));
        BpfMap<Integer, Long> map = BpfMap.open(client, MAP, Codecs.index(),
                Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        CacheOptions options = CacheOptions.defaults()
                .withStaleness(staleness)
                .withMaxEntries(48);
        this.cache = opener.apply(map, options);
        this.mirror = Mirror.open(map, options);
    }

    /** Starts a thread that reads through the cache and one that reads through the mirror. */
    void read(int keys, long seed) {
        cacheReads.add(start(cache::get, keys, seed));
        mirrorReads.add(start(mirror::get, keys, seed + 1));
        cacheReads.add(start(cache::get, keys, seed + 2));
    }

    private ReadHistory start(Function<Integer, Optional<Long>> reader, int keys, long seed) {
        ReadHistory history = new ReadHistory();
        Random random = new Random(seed);
        start(() -> {
            for (int i = 0; i < BURST; i++) {
                readOnce(reader, random.nextInt(keys), history);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        });
        return history;
    }

    private void readOnce(Function<Integer, Optional<Long>> reader, int key, ReadHistory history) {
        long beginNanos = System.nanoTime();
        try {
            long value = reader.apply(key).orElse(0L);
            history.add(key, value, beginNanos, System.nanoTime());
            reads.incrementAndGet();
        } catch (NestmapException e) {
            failedReads.incrementAndGet();
            lastFailure = e.toString();
        }
    }

    /** Starts a thread that writes these keys one after the other, and reads each through the cache after its write. */
    void write(List<KeyHistory> histories, int first, int count) {
        ReadHistory after = new ReadHistory();
        cacheReads.add(after);
        int[] turn = {0};
        start(() -> {
            int key = first + turn[0]++ % count;
            write(cache.map(), key, histories.get(key));
            readOnce(cache::get, key, after);
        });
    }

    private static void write(BpfMap<Integer, Long> map, int key, KeyHistory history) {
        long number = history.next();
        long startNanos = System.nanoTime();
        long revision = KeyHistory.deletes(number) ? map.remove(key) : map.put(key, number);
        history.acknowledged(startNanos, System.nanoTime(), revision);
    }

    private void start(Runnable turn) {
        threads.add(Thread.ofPlatform().name(name).start(() -> {
            try {
                while (!stopping) {
                    turn.run();
                }
            } catch (RuntimeException | Error e) {
                failures.add(e);
            }
        }));
    }

    long reads() {
        return reads.get();
    }

    /** Of a read; empty where none failed. */
    String lastFailure() {
        return lastFailure;
    }

    long failedReads() {
        return failedReads.get();
    }

    List<Throwable> failures() {
        return failures;
    }

    CacheStats cacheStats() {
        return cache.stats();
    }

    CacheStats mirrorStats() {
        return mirror.stats();
    }

    /** Waits for the threads to end. */
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join(Duration.ofMinutes(2));
            if (thread.isAlive()) {
                failures.add(new AssertionError(name + " does not end"));
            }
        }
    }

    /** Has all that was read checked. */
    void check(ContractChecker checker, int firstOwn, int ownKeys) {
        checker.check(name + "'s cache", cacheReads,
                key -> key >= firstOwn && key < firstOwn + ownKeys);
        checker.check(name + "'s mirror", mirrorReads,
                key -> key >= firstOwn && key < firstOwn + ownKeys);
    }

    @Override
    public void close() {
        stopping = true;
        cache.close();
        mirror.close();
        client.close();
    }
}
