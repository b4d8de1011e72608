package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command.Step;
import dev.nestmap.model.state.Command.Update;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Ordered rules, published whole: the process of the agent dies by SIGKILL before each of the things that a publish asks of the
 * kernel, while a program looks. {@code -Dnestmap.kill.every=1} dies before every one of them, else before some.
 */
class KilledPublishTest {
    private static final int EVERY = Integer.getInteger("nestmap.kill.every", 12);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int TABLES = 4;
    private static final int ENTRIES = 32;
    private static final int KEPT = 2;
    private static final int LOOKS_AT_ONCE = 20_000;
    private static final String HOST = "host";

    private final Processes processes = new Processes();
    private final String server = Processes.freeAddress();
    private final Path root = processes.pinRoot(HOST);
    private final KernelContents kernel = new KernelContents(root);

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void noProgramSeesAPartOfAListWhereverTheAgentDiesAndNothingIsLeft() throws Exception {
        processes.start("server", "--data-dir", processes.data("store").toString(), "--listen",
                server).awaitOutput("nestmap server: member", Processes.START);
        try (NestmapClient client = NestmapClient.connect(server)) {
            define(client);
            Running agent = startAgent();
            awaitApplied();
            BpfProgram program = BpfProgram.load("sealed_tables",
                    processes.pinFolder("program").resolve("program"),
                    root.resolve(Writers.NAMESPACE), "TABLES=" + TABLES, "ENTRIES=" + ENTRIES);
            KernelMap looks = program.map("looks");
            int deaths = 0;
            int version = 1;
            try (Looking _ = new Looking(program)) {
                boolean died = true;
                for (int step = 1; died; step += EVERY) {
                    arm(agent, step);
                    publish(client, ++version);
                    died = diedOrApplied(agent);
                    if (died) {
                        deaths++;
                        agent = startAgent();
                        awaitApplied();
                    }
                    assertHolds(version);
                    assertNothingIsLeft(agent);
                }
            }
            System.out.printf("%d deaths, looks: %d, mixed %d, without a table %d%n", deaths,
                    looks.number(0), looks.number(1), looks.number(2));
            assertTrue(deaths >= 40 / EVERY, deaths + " deaths");
            assertTrue(looks.number(0) > 0);
            assertEquals(0, looks.number(1));
            assertEquals(0, looks.number(2));
        }
    }

    private void define(NestmapClient client) {
        for (int i = 0; i < TABLES; i++) {
            Processes.done(server, "map create type array key 4 value 8 entries " + ENTRIES
                    + " name rules_" + i + " placement none");
        }
        Processes.done(server, "map create type array_of_maps key 4 value 4 entries " + TABLES
                + " name tables inner_map name rules_0 publish sealed");
        publish(client, 1);
        for (int i = 0; i < TABLES; i++) {
            Processes.done(server,
                    "map update name tables key " + i + " 0 0 0 value name rules_" + i);
        }
    }

    /** All rules of all tables, at one revision. */
    private static void publish(NestmapClient client, int version) {
        List<Step> steps = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            for (int rule = 0; rule < ENTRIES; rule++) {
                steps.add(new Update(new MapRef.ByName(Writers.NAMESPACE, "rules_" + table),
                        Bytes.u32le(rule), new Value.Data(Bytes.u64le(version)),
                        UpdateFlags.ANY));
            }
        }
        Writers.txn(client, steps);
    }

    private Running startAgent() {
        // With the two capabilities that an agent has, and no more.
        Running agent = processes.track(Command
                .of("setpriv", "--pdeathsig", "KILL", "--bounding-set", "-all,+bpf,+net_admin",
                        "--inh-caps", "-all")
                .and(Processes.java(MortalAgent.class, server, HOST, root.toString(),
                        processes.data("state").toString()).words())
                .start());
        agent.awaitOutput("runs ", Processes.START);
        return agent;
    }

    private static void arm(Running agent, int step) throws IOException {
        agent.process()
                .getOutputStream()
                .write((step + "\n").getBytes(StandardCharsets.US_ASCII));
        agent.process().getOutputStream().flush();
        agent.awaitOutput("armed " + step + "\n", SOON);
    }

    private void awaitApplied() {
        Await.until(SOON, () -> Processes.run(server, "wait --timeout 5s").exitCode() == 0,
                () -> Processes.run(server, "wait --timeout 1s").toString());
    }

    /** True where it died of what was to be published, false where there was nothing any more that it could have died of. */
    private boolean diedOrApplied(Running agent) {
        Await.until(SOON,
                () -> !agent.process().isAlive()
                        || Processes.run(server, "wait --timeout 1s").exitCode() == 0,
                agent::err);
        return !agent.process().isAlive();
    }

    private void assertHolds(int version) {
        kernel.map("tables")
                .elements()
                .forEach((slot, id) -> assertEquals(
                        Collections.nCopies(ENTRIES, Bytes.u64le(version)),
                        List.copyOf(KernelMap.id(id.intLe(0)).elements().values()),
                        "slot " + slot));
    }

    /** What keeps a map: a pin, a slot, or a descriptor of the agent. */
    private void assertNothingIsLeft(Running agent) {
        Set<Integer> pinned = new TreeSet<>();
        kernel.innerPins().forEach(pin -> pinned.add(kernel.innerMap(pin).id()));
        assertTrue(pinned.size() <= TABLES * (1 + KEPT), pinned.toString());
        Set<Integer> known = new TreeSet<>(pinned);
        known.add(kernel.map("tables").id());
        kernel.map("tables").elements().values().forEach(slot -> {
            assertTrue(pinned.contains(slot.intLe(0)), "slot with " + slot);
        });
        Set<Integer> open = openMaps(agent);
        open.removeAll(known);
        assertEquals(Set.of(), open, "open, but neither pinned nor in a slot");
    }

    private static Set<Integer> openMaps(Running agent) {
        Path fds = Path.of("/proc", Long.toString(agent.process().pid()), "fdinfo");
        Set<Integer> maps = new TreeSet<>();
        try (Stream<Path> all = Files.list(fds)) {
            for (Path fd : all.toList()) {
                mapId(fd).ifPresent(maps::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return maps;
    }

    private static Optional<Integer> mapId(Path fd) {
        try {
            return Files.readAllLines(fd)
                    .stream()
                    .filter(line -> line.startsWith("map_id:"))
                    .map(line -> Integer.parseInt(line.substring("map_id:".length()).strip()))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // closed since it was listed
        }
    }

    /** The program, again and again, until this is closed. */
    private static final class Looking implements AutoCloseable {
        private final Thread thread;
        private volatile boolean stopping;
        private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

        Looking(BpfProgram program) {
            thread = Thread.ofPlatform()
                    .name("looking")
                    .uncaughtExceptionHandler((_, thrown) -> failures.add(thrown))
                    .start(() -> {
                        while (!stopping) {
                            program.run(LOOKS_AT_ONCE);
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
