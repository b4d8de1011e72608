package dev.nestmap.benchmarks.rest;

import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NodeDescription;
import dev.nestmap.client.NodeReport;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.LabelSelector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts a store and an agent as processes, lets the agent take maps into this host's kernel, and measures the agent over a minute
 * in which nothing changes: as it has come to hold them, and after it was started anew on them.
 */
public final class AgentAtRest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SETTLE = Duration.ofSeconds(15);
    private static final int BATCH = 10_000;
    private static final String OPTIONS_SAY_METRICS = "-Dnestmap.rest.metrics";

    private final Path nestmap;
    private final String javaOptions;
    private final Path work;
    private final Path pins;
    private final String server = "127.0.0.1:" + freePort();

    private AgentAtRest(Path nestmap, String javaOptions, Path work) throws IOException {
        this.nestmap = nestmap;
        this.javaOptions = javaOptions;
        this.work = work;
        this.pins = Files.createDirectory(work.resolve("pins"));
    }

    /** Arguments: the launcher, options of the agent's JVM (one argument, empty: those of the launcher). */
    public static void main(String[] arguments) throws Exception {
        Path nestmap = Path.of(arguments[0]);
        System.out.printf("agent's JVM options: %s%n", arguments[1].isEmpty()
                ? "the launcher's"
                : arguments[1]);
        System.out.printf("%-34s %9s %9s %8s %9s %9s%n", "", "started", "ready", "CPU", "memory",
                "memory");
        System.out.printf("%-34s %9s %9s %8s %9s %9s%n", "", "ms", "ms", "%", "MB, grown",
                "MB, anew");
        measure(nestmap, arguments[1], 1, 10_000);
        measure(nestmap, arguments[1], 1000, 1000);
    }

    private static void measure(Path nestmap, String javaOptions, int maps, int elements)
            throws Exception {
        Path work = Files.createTempDirectory("nestmap-rest");
        AgentAtRest rest = new AgentAtRest(nestmap, javaOptions, work);
        try {
            rest.run(maps, elements);
        } finally {
            new ProcessBuilder("umount", "--lazy", rest.pins.toString()).start().waitFor();
            try (Stream<Path> files = Files.walk(work)) {
                files.sorted(Comparator.reverseOrder()).forEach(AgentAtRest::delete);
            }
        }
    }

    private void run(int maps, int elements) throws Exception {
        try (Daemon _ = serve()) {
            long grown;
            try (Daemon agent = agent("grown")) {
                agent.awaitOutput("nestmap agent: node rest");
                fill(maps, elements);
                Thread.sleep(SETTLE);
                grown = agent.residentBytes();
            }
            awaitGone();
            try (Daemon agent = agent("anew")) {
                Duration started = agent.awaitOutput("nestmap agent: node rest");
                Duration ready = awaitReady(started);
                Thread.sleep(SETTLE);
                Duration before = agent.cpuTime();
                Thread.sleep(MINUTE);
                double cpu = (agent.cpuTime().toMillis() - before.toMillis()) * 100.0
                        / MINUTE.toMillis();
                System.out.printf("%,4d maps of %,6d elements %8s %9d %9d %8.2f %9d %9d%n", maps,
                        elements, "", started.toMillis(), ready.toMillis(), cpu, grown / 1_000_000,
                        agent.residentBytes() / 1_000_000);
            }
        }
    }

    private Daemon serve() throws IOException, InterruptedException {
        Daemon store = Daemon.start(nestmap, "-Xmx2g", work.resolve("server.log"),
                List.of("server", "--data-dir", work.resolve("data").toString(), "--listen",
                        server));
        store.awaitOutput("listens on port");
        return store;
    }

    private Daemon agent(String name) throws IOException {
        List<String> words = new ArrayList<>(List.of("agent", "--server", server, "--node", "rest",
                "--pin-root", pins.toString(), "--state-dir", work.resolve("state").toString()));
        if (javaOptions.contains(OPTIONS_SAY_METRICS)) {
            words.addAll(List.of("--metrics", "127.0.0.1:0"));
        }
        return Daemon.start(nestmap, javaOptions, work.resolve(name + ".log"), words);
    }

    /** All maps are as the store has them, once the agent says that it has applied the newest revision. */
    private Duration awaitReady(Duration started)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try (NestmapClient client = client()) {
            while (true) {
                for (NodeDescription node : nodes(client)) {
                    NodeReport report = node.report();
                    if (node.connected() && report != null && report.appliedRevision() > 0
                            && report.conditions().isEmpty()) {
                        return started.plusNanos(System.nanoTime() - begun);
                    }
                }
                Thread.sleep(5);
            }
        }
    }

    /** So that what the one before reported is not taken for the next one's. */
    private void awaitGone() throws InterruptedException {
        try (NestmapClient client = client()) {
            while (nodes(client).stream().anyMatch(NodeDescription::connected)) {
                Thread.sleep(5);
            }
        }
    }

    private static List<NodeDescription> nodes(NestmapClient client) {
        return client.nodes().list(new LabelSelector(List.of())).value();
    }

    private NestmapClient client() {
        return NestmapClient.connect(ClientOptions.defaults()
                .withTargets(server)
                .withTimeout(Duration.ofMinutes(1)));
    }

    private void fill(int maps, int elements) throws InterruptedException {
        try (NestmapClient client = client()) {
            for (int number = 0; number < maps; number++) {
                String name = "m" + number;
                var _ = client.maps()
                        .create(MapSpec.of("default", name, MapType.HASH, 8, 8, elements));
                MapHandle map = client.map(name);
                List<Element> batch = new ArrayList<>();
                for (long key = 0; key < elements; key++) {
                    batch.add(new Element(Bytes.u64be(key),
                            new Value.Data(Bytes.u64be(key * number))));
                    if (batch.size() == BATCH || key == elements - 1) {
                        var _ = map.updateBatch(batch);
                        batch.clear();
                    }
                }
            }
            var waited = client.nodes()
                    .waitApplied(client.map("m" + (maps - 1)).ref(), 0, Duration.ofMinutes(5));
            if (!waited.value().missing().isEmpty()) {
                throw new IllegalStateException("the agent did not apply all: " + waited);
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("delete " + path, e);
        }
    }
}
