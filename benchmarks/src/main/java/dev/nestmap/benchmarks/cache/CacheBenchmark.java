package dev.nestmap.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.cache.CacheOptions;
import dev.nestmap.client.cache.Mirror;
import dev.nestmap.client.cache.MirrorView;
import dev.nestmap.client.cache.NearCache;
import dev.nestmap.client.cache.Reads;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.tree.Tree;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.server.ServerConfig;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Lookups of random keys that are there: through the client, of a real server in this process, and in bare maps. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(value = 1, jvmArgs = {"-Xms2g", "-Xmx2g", "--sun-misc-unsafe-memory-access=allow",
        "--enable-native-access=ALL-UNNAMED"})
@NullUnmarked // JMH sets the fields
public class CacheBenchmark {
    private static final int KEYS = 1 << 16;
    private static final int BATCH = 1000;
    /** Lookups of one piece of work, a power of two. */
    private static final int WORK = 64;
    private static final Duration START = Duration.ofSeconds(60);

    /** Elements in the map. */
    @Param({"1000", "10000"})
    public int elementCount;

    private final Long[] keys = new Long[KEYS];
    private final Map<Long, Long> hashMap = new HashMap<>();
    private final Cache<Long, Long> caffeine = Caffeine.newBuilder().maximumSize(1 << 20).build();
    private final Cache<Long, Long> expiring = Caffeine.newBuilder()
            .maximumSize(1 << 20)
            .expireAfterWrite(Duration.ofDays(1))
            .build();
    private Tree<Bytes> tree = Tree.ofBytes();
    private final Bytes[] treeKeys = new Bytes[KEYS];
    private Path directory;
    private NestmapServer server;
    private NestmapClient client;
    private NearCache<Long, Long> nearCache;
    private Mirror<Long, Long> mirror;
    private MirrorView<Long, Long> view;
    private Reads<Long, Long> reads;
    private int turn;

    /** Starts a server, fills a map, and holds all of it in each contender. */
    @Setup
    public void start() throws IOException, InterruptedException, TimeoutException {
        directory = Files.createTempDirectory("benchmark");
        server = NestmapServer.start(new ServerConfig("one", directory.resolve("data"),
                "127.0.0.1:0", "", List.of()), (message, cause) -> {
                    throw new AssertionError(message, cause);
                });
        server.awaitLeader(START);
        client = NestmapClient.connect(
                ClientOptions.defaults().withTargets("127.0.0.1:" + server.port()));
        BpfMap<Long, Long> map = BpfMap.create(client, "map", MapType.HASH, elementCount,
                Codecs.u64(ByteOrder.LITTLE_ENDIAN), Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        Random random = new Random(1);
        for (int i = 0; i < elementCount; i += BATCH) {
            Map<Long, Long> batch = new TreeMap<>();
            for (int j = 0; j < Math.min(BATCH, elementCount - i); j++) {
                batch.put(random.nextLong(), random.nextLong());
            }
            map.putAll(batch);
            hashMap.putAll(batch);
        }
        CacheOptions options = CacheOptions.defaults().withMaxEntries(1 << 20);
        nearCache = NearCache.open(map, options);
        mirror = Mirror.open(map, options);
        hold(random);
    }

    private void hold(Random random) {
        List<Long> all = List.copyOf(hashMap.keySet());
        for (int i = 0; i < all.size(); i += BATCH) {
            CompletableFuture.allOf(all.subList(i, Math.min(all.size(), i + BATCH))
                    .stream()
                    .map(nearCache::getAsync)
                    .toArray(CompletableFuture[]::new)).join();
        }
        caffeine.putAll(hashMap);
        expiring.putAll(hashMap);
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        hashMap.forEach((key, value) -> elements.put(Bytes.u64le(key), Bytes.u64le(value)));
        tree = tree.edit(elements);
        for (int i = 0; i < KEYS; i++) {
            keys[i] = all.get(random.nextInt(all.size()));
            treeKeys[i] = Bytes.u64le(keys[i]);
        }
        view = mirror.view(START);
        reads = nearCache.reads();
    }

    /** Ends the server and removes its data. */
    @TearDown
    public void stop() throws IOException {
        nearCache.close();
        mirror.close();
        client.close();
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The cache under the near-cache, by itself. */
    @Benchmark
    public @Nullable Long caffeine() {
        return caffeine.getIfPresent(keys[next()]);
    }

    /** The same with a bound on age, which reads the clock as ours must. */
    @Benchmark
    public @Nullable Long expiring() {
        return expiring.getIfPresent(keys[next()]);
    }

    /** The clock by itself. */
    @Benchmark
    public long clock() {
        return System.nanoTime();
    }

    /** The near-cache, with one look at the clock for each 64 lookups. */
    @Benchmark
    public Optional<Long> nearReads() {
        if ((turn & (WORK - 1)) == 0) {
            reads = nearCache.reads();
        }
        return reads.get(keys[next()]);
    }

    /** The mirror, with one view for each 64 lookups. */
    @Benchmark
    public Optional<Long> mirrorView() {
        if ((turn & (WORK - 1)) == 0) {
            view = mirror.view(START);
        }
        return view.get(keys[next()]);
    }

    /** The near-cache. */
    @Benchmark
    public Optional<Long> nearCache() {
        return nearCache.get(keys[next()]);
    }

    /** The near-cache in a process that may not call native code. */
    @Benchmark
    @Fork(value = 1, jvmArgs = {"-Xms2g", "-Xmx2g", "--sun-misc-unsafe-memory-access=allow"})
    public Optional<Long> nearWithout() {
        return nearCache.get(keys[next()]);
    }

    /** The mirror in such a process. */
    @Benchmark
    @Fork(value = 1, jvmArgs = {"-Xms2g", "-Xmx2g", "--sun-misc-unsafe-memory-access=allow"})
    public Optional<Long> mirrorWithout() {
        return mirror.get(keys[next()]);
    }

    /** The fastest map that there is. */
    @Benchmark
    public @Nullable Long hashMap() {
        return hashMap.get(keys[next()]);
    }

    /** The tree of the store. */
    @Benchmark
    public @Nullable Bytes tree() {
        return tree.get(treeKeys[next()]);
    }

    /** The mirror. */
    @Benchmark
    public Optional<Long> mirror() {
        return mirror.get(keys[next()]);
    }

    private int next() {
        return turn++ & (KEYS - 1);
    }
}
