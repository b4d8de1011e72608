package dev.nestmap.benchmarks.publish;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.server.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One key of a hash that is written in place, changed again and again: a store of one member and an agent, both in this process, over
 * gRPC, with the store's log on the disk.
 */
final class OneKey {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int WARM_UP = 2_000;
    private static final int ELEMENTS = 1_000;

    /** From before the client's call. */
    private final List<Long> sinceCall = new ArrayList<>();
    /** From when the client was told, after the commit; what was visible before counts as 0. */
    private final List<Long> sinceAnswer = new ArrayList<>();
    private final List<Long> call = new ArrayList<>();
    private final List<Long> systemCall = new ArrayList<>();

    private OneKey() {}

    static String run(Kernel kernel, int changes) throws Exception {
        OneKey times = new OneKey();
        Path data = Files.createTempDirectory("publish-store");
        try (PinFolder pins = new PinFolder("key");
                NestmapServer server = NestmapServer.start(new ServerConfig("one", data,
                        "127.0.0.1:0", "", List.of()), (message, cause) -> {
                            throw new AssertionError(message, cause);
                        })) {
            server.awaitLeader(LONG);
            String address = "127.0.0.1:" + server.port();
            try (NestmapAgent agent = NestmapAgent.start(new AgentConfig("host",
                    List.of(address), Map.of(), pins.path()), kernel);
                    NestmapClient client = NestmapClient
                            .connect(ClientOptions.defaults().withTargets(address))) {
                times.measure(kernel, agent, client, pins.path(), changes);
            }
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return times.table();
    }

    private void measure(Kernel kernel, NestmapAgent agent, NestmapClient client, Path pins,
            int changes) throws Exception {
        client.maps().create(MapSpec.of("default", "keys", MapType.HASH, 4, 8, ELEMENTS));
        MapHandle map = client.map("keys");
        long revision = 0;
        for (int key = 0; key < ELEMENTS; key++) {
            revision = map.update(Bytes.u32le(key), value(0)).revision();
        }
        if (!agent.awaitApplied(revision, LONG)) {
            throw new IllegalStateException(
                    "revision %d is not applied: %s".formatted(revision, agent.status()));
        }
        try (KernelMap seen = kernel.openPin(pins.resolve("default/keys")).orElseThrow()) {
            for (int i = -WARM_UP; i < changes; i++) {
                change(map, seen, Bytes.u32le(Math.floorMod(i * 7, ELEMENTS)),
                        i + WARM_UP + 1, i >= 0);
            }
        }
    }

    private void change(MapHandle map, KernelMap seen, Bytes key, long number, boolean counts)
            throws KernelException {
        Bytes wanted = Bytes.u64le(number);
        long startNanos = System.nanoTime();
        map.update(key, value(number));
        long toldNanos = System.nanoTime();
        long visibleNanos = toldNanos;
        while (!seen.lookup(key).equals(Optional.of(wanted))) {
            Thread.onSpinWait();
            visibleNanos = System.nanoTime();
        }
        long beforeNanos = System.nanoTime();
        seen.update(key, wanted, UpdateFlags.ANY);
        long systemCallNanos = System.nanoTime() - beforeNanos;
        if (counts) {
            call.add(toldNanos - startNanos);
            sinceCall.add(visibleNanos - startNanos);
            sinceAnswer.add(visibleNanos - toldNanos);
            systemCall.add(systemCallNanos);
        }
    }

    private String table() {
        return line("the client's call, which ends after the commit", call)
                + line("from before the call until visible", sinceCall)
                + line("from the answer until visible", sinceAnswer)
                + line("one update by a system call", systemCall);
    }

    private static String line(String what, List<Long> nanos) {
        return "| %s | %s | %s | %s |%n".formatted(what,
                Figures.millis(Figures.share(nanos, 0.5)),
                Figures.millis(Figures.share(nanos, 0.99)),
                Figures.millis(Figures.share(nanos, 1)));
    }

    private static Value.Data value(long number) {
        return new Value.Data(Bytes.u64le(number));
    }
}
