package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.AppliedNodes;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.client.cache.CacheMetrics;
import dev.nestmap.client.cache.CacheOptions;
import dev.nestmap.client.cache.CacheStats;
import dev.nestmap.client.cache.Mirror;
import dev.nestmap.client.cache.MirrorView;
import dev.nestmap.client.cache.NearCache;
import dev.nestmap.client.cache.Reads;
import dev.nestmap.client.codec.BigEndian;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.codec.Length;
import dev.nestmap.client.codec.NodeValue;
import dev.nestmap.client.codec.PerCpu;
import dev.nestmap.client.codec.Prefix;
import dev.nestmap.client.codec.Unsigned;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.client.typed.OuterMap;
import dev.nestmap.client.typed.Transaction;
import dev.nestmap.client.typed.TypedElement;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.server.ServerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what docs/SDK.md shows; every piece of code there stands here or in {@link SdkLiveReadsTest}, to the letter. */
@SuppressWarnings("FutureReturnValueIgnored") // the page shows what people write
class SdkGuideTest {
    private static final Path PAGE = Path.of("../docs/SDK.md");
    private static final Path SOURCES = Path.of("src/test/java/dev/nestmap/systemtests");
    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of("");
    private NestmapServer server;
    private NestmapClient client;
    private Inet4Address host;

    record Backend(
            Inet4Address address,
            @BigEndian @Unsigned(bits = 16) int port,
            boolean draining,
            @Length(8) String zone) {}

    @BeforeEach
    void start() throws IOException, InterruptedException, TimeoutException {
        server = NestmapServer.start(new ServerConfig("one", directory.resolve("data"),
                "127.0.0.1:0", "", List.of()), (message, cause) -> {
                    throw new AssertionError(message, cause);
                });
        server.awaitLeader(START);
        String servers = "127.0.0.1:" + server.port();
        client = connect(servers);
        host = (Inet4Address) InetAddress.getByName("10.0.0.7");
    }

    private static NestmapClient connect(String servers) {
        NestmapClient client = NestmapClient.connect(ClientOptions.defaults()
                .withTargets(servers)
                .withNamespace("shop"));
        return client;
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void everyPieceOfThePageStandsHere() throws IOException {
        String source = flat(Files.readString(SOURCES.resolve("SdkGuideTest.java"))
                + Files.readString(SOURCES.resolve("SdkLiveReadsTest.java")));
        Matcher blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE));
        int count = 0;
        while (blocks.find()) {
            String block = flat(blocks.group(1));
            assertTrue(source.contains(block), () -> "not run: " + block);
            count++;
        }
        assertTrue(count > 15, "pieces found: " + count);
    }

    /** Without white space, which a formatter may change. */
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void mapsAndCodecs() throws Exception {
        BpfMap<Inet4Address, Long> quota = BpfMap.create(client, "quota", MapType.HASH, 1024,
                Codecs.ipv4(), Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        Inet4Address host = (Inet4Address) InetAddress.getByName("10.0.0.7");
        quota.put(host, 1000L);
        Optional<Long> left = quota.get(host);
        quota.put(host, 900L, UpdateFlags.EXIST); // ENOENT where it is absent
        quota.remove(host);
        assertEquals(Optional.of(1000L), left);
        assertEquals(Optional.empty(), quota.get(host));
        BpfMap<Inet4Address, Long> again = BpfMap.open(client, "quota", Codecs.ipv4(),
                Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        assertEquals(quota.description().id(), again.description().id());
        IllegalArgumentException misfit = assertThrows(IllegalArgumentException.class,
                () -> BpfMap.open(client, "quota", Codecs.ipv4(),
                        Codecs.u32(ByteOrder.LITTLE_ENDIAN)));
        assertTrue(String.valueOf(misfit.getMessage())
                .contains("the codec u32le takes 4 bytes, the map has value_size 8"),
                misfit.getMessage());
        StructLayout layout = MemoryLayout.structLayout(
                ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN).withName("address"),
                ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN).withName("port"),
                MemoryLayout.paddingLayout(2));
        record Endpoint(long address, int port) {}
        Codec<Endpoint> endpoints = Codecs.struct(Endpoint.class, layout);
        assertEquals(Bytes.hex("0a00000701bb0000"),
                endpoints.encode(new Endpoint(0x0a000007L, 443)));
        MapSpec prefixes = MapSpec.of("shop", "blocked", MapType.LPM_TRIE, 8, 1, 1024)
                .withFlags(1); // BPF_F_NO_PREALLOC, which the kernel asks for
        BpfMap<Prefix<Inet4Address>, Integer> blocked = BpfMap.create(client, prefixes,
                Codecs.prefix(Codecs.ipv4()), Codecs.u8());
        blocked.put(new Prefix<>((Inet4Address) InetAddress.getByName("10.0.0.0"), 8), 1);
        Optional<Integer> verdict = blocked.get(new Prefix<>(host, 32));
        assertEquals(Optional.of(1), verdict);
        BpfMap<Integer, NodeValue<Long>> ports = BpfMap.create(client, "ports", MapType.DEVMAP, 16,
                Codecs.index(), Codecs.nodeValue(Codecs.u32(ByteOrder.LITTLE_ENDIAN)));
        ports.put(0, NodeValue.ifindex("eth0"));
        BpfMap<Long, NodeValue<Long>> sizes = BpfMap.create(client, "sizes", MapType.HASH, 16,
                Codecs.u32(ByteOrder.LITTLE_ENDIAN),
                Codecs.nodeValue(Codecs.u32(ByteOrder.LITTLE_ENDIAN)));
        sizes.put(1L, NodeValue.possibleCpus());
        sizes.put(2L, NodeValue.of(512L));
        assertEquals(Optional.of(NodeValue.ifindex("eth0")), ports.get(0));
        assertEquals(Optional.of(NodeValue.possibleCpus()), sizes.get(1L));
        assertEquals(Optional.of(NodeValue.of(512L)), sizes.get(2L));
        BpfMap<Integer, PerCpu<Long>> counters = BpfMap.create(client, "counters",
                MapType.PERCPU_ARRAY, 4, Codecs.index(),
                Codecs.perCpu(Codecs.u64(ByteOrder.LITTLE_ENDIAN)));
        counters.put(0, new PerCpu.Same<>(0L));
        counters.put(1, new PerCpu.Each<>(List.of(1L, 2L)));
        assertEquals(Optional.of(new PerCpu.Each<>(List.of(1L, 2L))), counters.get(1));
        CompletableFuture<Optional<Long>> soon = quota.async()
                .put(host, 10L)
                .thenCompose(revision -> quota.async().get(host));
        assertEquals(Optional.of(10L), soon.join());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long n = 0; n < 100; n++) {
                long number = n;
                threads.submit(() -> quota.put(host, number));
            }
        }
        assertTrue(quota.get(host).orElseThrow() < 100);
        try {
            quota.put(host, 1L, UpdateFlags.NOEXIST);
        } catch (NestmapException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        client.map("quota").delete();
        assertTrue(assertThrows(NestmapException.class, () -> quota.get(host)).is(Errno.ENOENT));
    }

    @Test
    void placementQueuesAndWatches() {
        BpfMap<Inet4Address, Long> quota = BpfMap.create(client, "quota", MapType.HASH, 1024,
                Codecs.ipv4(), Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        long revision = quota.put(host, 1L);
        assertEquals(NestmapException.Kind.NO_NODE,
                assertThrows(NestmapException.class, () -> waitApplied(quota, revision)).kind());
        MapSpec inner = MapSpec.of("shop", "blue", MapType.ARRAY, 4, 8, 4)
                .withPlacement(new Placement.FollowsOuter());
        BpfMap<Integer, Long> blue = BpfMap.create(client, inner, Codecs.index(),
                Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        assertEquals(new Placement.FollowsOuter(), blue.description().spec().placement());
        client.maps().create(MapSpec.of("shop", "jobs", MapType.QUEUE, 0, 4, 64));
        MapHandle jobs = client.map("jobs");
        jobs.update(Bytes.empty(), new Value.Data(Bytes.u32le(7)));
        Value peeked = jobs.lookup(Bytes.empty()).value();
        Value popped = jobs.lookupAndDelete(Bytes.empty()).value();
        assertEquals(new Value.Data(Bytes.u32le(7)), peeked);
        assertEquals(peeked, popped);
        try (Watch watch = client.watch(WatchOptions.map(quota.ref()))) {
            WatchEvent first = watch.next();
            System.out.println("began at revision " + first.revision());
            quota.put(host, 5L);
            WatchEvent second = watch.next();
            for (MapChange change : second.changes()) {
                change.set()
                        .forEach(element -> System.out.println(second.revision() + " "
                                + quota.keyCodec().decode(element.key()) + " is "
                                + quota.valueCodec().fromValue(element.value())));
            }
        }
        try (Watch again = client.watch(WatchOptions.map(quota.ref()))) {
            assertTrue(again.next().snapshot());
            quota.put(host, 6L);
            assertEquals(List.of(new Value.Data(Bytes.u64le(6))), again.next()
                    .changes()
                    .getFirst()
                    .set()
                    .stream()
                    .map(Element::value)
                    .toList());
        }
    }

    private void waitApplied(BpfMap<Inet4Address, Long> quota, long revision) {
        AppliedNodes nodes = client.nodes()
                .waitApplied(quota.ref(), revision, Duration.ofSeconds(30))
                .value();
        if (!nodes.complete()) {
            nodes.missing().forEach(node -> System.out.println(node.node() + ": " + node.reason()));
        }
    }

    @Test
    void codecsThatCanNeverReadAreRefusedWhenTheMapIsOpened() {
        BpfMap<Integer, Long> blue = BpfMap.create(client, "blue", MapType.ARRAY, 4,
                Codecs.index(), Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        OuterMap.create(client, "reals", MapType.ARRAY_OF_MAPS, 4, Codecs.index(), blue.ref());
        Codec<Long> number = Codecs.u32(ByteOrder.LITTLE_ENDIAN);
        assertTrue(String.valueOf(assertThrows(IllegalArgumentException.class,
                () -> BpfMap.open(client, "reals", Codecs.index(), number)).getMessage())
                .contains("open it as an OuterMap"));
        BpfMap.create(client, "small", MapType.ARRAY, 4, Codecs.index(), number);
        assertThrows(IllegalArgumentException.class,
                () -> BpfMap.open(client, "small", Codecs.index(), Codecs.slot()));
        BpfMap.create(client, "ports", MapType.DEVMAP, 4, Codecs.index(),
                Codecs.nodeValue(number)).put(0, NodeValue.ifindex("eth0"));
        BpfMap<Integer, Long> plain = BpfMap.open(client, "ports", Codecs.index(), number);
        String message = String.valueOf(assertThrows(IllegalArgumentException.class,
                () -> plain.get(0)).getMessage());
        assertTrue(message.contains("\"shop/ports\"") && message.contains("Codecs.nodeValue"),
                message);
        BpfMap.create(client, "sizes", MapType.HASH, 4, number, Codecs.nodeValue(number))
                .put(1L, NodeValue.possibleCpus());
        BpfMap<Long, Long> bytes = BpfMap.open(client, "sizes", number, number);
        String told = String.valueOf(assertThrows(IllegalArgumentException.class,
                () -> bytes.get(1L)).getMessage());
        assertTrue(told.contains("\"shop/sizes\"") && told.contains("cpus()")
                && told.contains("Codecs.nodeValue"), told);
    }

    @Test
    void structsMapsOfMapsAndTransactions() {
        BpfMap<Integer, Backend> backends = BpfMap.create(client, "backends", MapType.ARRAY, 64,
                Codecs.index(), Codecs.struct(Backend.class, ByteOrder.LITTLE_ENDIAN));
        backends.put(0, new Backend(host, 443, false, "eu-1"));
        try (Stream<TypedElement<Integer, Backend>> all = backends.elements()) {
            all.filter(element -> element.value().port() != 0)
                    .forEach(element -> System.out
                            .println(element.key() + " " + element.value()));
        }
        List<TypedElement<Integer, Backend>> set = backends.elements().toList();
        assertEquals(64, set.size());
        assertEquals(new TypedElement<>(0, new Backend(host, 443, false, "eu-1")), set.getFirst());
        assertEquals(Optional.of(new Backend(host, 443, false, "eu-1")), backends.get(0));
        assertEquals(Bytes.hex("0a000007" + "01bb" + "00" + "65752d3100000000" + "00"),
                backends.valueCodec()
                        .toValue(new Backend(host, 443, false,
                                "eu-1")) instanceof dev.nestmap.model.map.Value.Data(Bytes bytes)
                                        ? bytes
                                        : Bytes.empty());
        OuterMap<Integer> services = OuterMap.create(client, "services", MapType.ARRAY_OF_MAPS, 16,
                Codecs.index(), backends.ref());
        services.put(3, backends);
        BpfMap<Integer, Backend> behind = services
                .get(3, Codecs.index(), backends.valueCodec())
                .orElseThrow();
        assertEquals(backends.get(0), behind.get(0));
        MapSpec next = backends.description().spec().withName("backends_2");
        TxnOutcome outcome = Transaction.on(client)
                .ifPresent(services.slots(), 3)
                .ifMissing(next.ref())
                .then(steps -> steps.create(next)
                        .put(next.ref(), backends.codecs(), 0,
                                new Backend(host, 8443, false, "eu-2"))
                        .put(services, 3, next.ref()))
                .otherwise(steps -> steps.put(services, 3, backends.ref()))
                .commit()
                .value();
        boolean swapped = outcome.orThrow().conditionsHeld();
        assertTrue(swapped);
        assertEquals(8443, services.get(3, Codecs.index(), backends.valueCodec())
                .orElseThrow()
                .get(0)
                .orElseThrow()
                .port());
        assertThrows(IllegalArgumentException.class,
                () -> OuterMap.open(client, "backends", Codecs.index()));
    }

    @Test
    void cachesAndMirrors() throws UnknownHostException {
        BpfMap<Inet4Address, Long> quota = BpfMap.create(client, "quota", MapType.HASH, 1024,
                Codecs.ipv4(), Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        NearCache<Inet4Address, Long> cache = NearCache.open(quota, CacheOptions.defaults()
                .withStaleness(Duration.ofSeconds(1))
                .withMaxBytes(64 << 20));
        Optional<Long> near = cache.get(host);
        quota.put(host, 77L);
        Optional<Long> own = cache.get(host); // 77: own writes are seen
        assertEquals(Optional.empty(), near);
        assertEquals(Optional.of(77L), own);
        MeterRegistry registry = new SimpleMeterRegistry();
        CacheMetrics.of("quota", cache).bindTo(registry);
        CacheStats stats = cache.stats();
        assertEquals(2, stats.hits() + stats.misses(), stats::toString);
        assertTrue(registry.get("cache.gets").tag("result", "miss").functionCounter().count() >= 1);
        client.map("quota")
                .update(Codecs.ipv4().encode(host),
                        quota.valueCodec().toValue(78L));
        assertEquals(Optional.of(78L), cache.get(host), "written through another object");
        Inet4Address neighbour = (Inet4Address) InetAddress.getByName("10.0.0.8");
        Reads<Inet4Address, Long> reads = cache.reads();
        long sum = 0;
        for (Inet4Address address : List.of(host, neighbour)) {
            sum += reads.get(address).orElse(0L);
        }
        assertEquals(78, sum);
        quota.put(host, 80L);
        assertEquals(Optional.of(80L), reads.get(host), "own writes are seen in it too");
        client.map("quota").delete();
        BpfMap.create(client, "quota", MapType.HASH, 1024, Codecs.ipv4(),
                Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        NestmapException gone = assertThrows(NestmapException.class, () -> cache.get(host));
        assertTrue(gone.is(Errno.ENOENT), gone.getMessage());
        cache.close();

        BpfMap<Integer, Backend> backends = BpfMap.create(client, "backends", MapType.ARRAY, 64,
                Codecs.index(), Codecs.struct(Backend.class, ByteOrder.LITTLE_ENDIAN));
        backends.put(0, new Backend(host, 443, false, "eu-1"));
        Mirror<Integer, Backend> mirror = Mirror.open(backends, CacheOptions.defaults());
        Optional<Backend> first = mirror.get(0);
        MirrorView<Integer, Backend> view = mirror.view(Duration.ofSeconds(10));
        view.forEach((index, backend) -> System.out.println(index + " " + backend));
        assertEquals(Optional.of(new Backend(host, 443, false, "eu-1")), first);
        Map<Integer, Backend> all = new HashMap<>();
        view.forEach(all::put);
        assertEquals(Map.of(0, first.orElseThrow()), all);
        assertEquals("", view.get(63).orElseThrow().zone(), "never written, so zeros");
        assertEquals(Optional.empty(), view.get(64));
        assertEquals(first, mirror.get(0));
        mirror.close();
        assertThrows(NestmapException.class, () -> mirror.get(0));
    }

    @Test
    void aTrieIsCachedAndNotMirrored() {
        BpfMap<Prefix<Inet4Address>, Integer> blocked = BpfMap.create(client,
                MapSpec.of("shop", "blocked", MapType.LPM_TRIE, 8, 1, 1024).withFlags(1),
                Codecs.prefix(Codecs.ipv4()), Codecs.u8());
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> Mirror.open(blocked, CacheOptions.defaults()));
        assertTrue(String.valueOf(refused.getMessage()).contains("take a NearCache"),
                refused.getMessage());
        try (NearCache<Prefix<Inet4Address>, Integer> cache = NearCache.open(blocked,
                CacheOptions.defaults())) {
            Prefix<Inet4Address> whole = new Prefix<>(host, 32);
            assertEquals(Optional.empty(), cache.get(whole));
            blocked.put(new Prefix<>(host, 8), 1);
            assertEquals(Optional.of(1), cache.get(whole));
            blocked.put(new Prefix<>(host, 16), 2);
            assertEquals(Optional.of(2), cache.get(whole));
        }
    }
}
