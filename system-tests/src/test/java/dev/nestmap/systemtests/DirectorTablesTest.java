package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Nestmap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The maps of a director as GLB's: tables of backends, their secrets, and the addresses bound to them. A backend that gets another
 * address changes hundreds of elements of every table, while a program looks into them all the time. The full size is
 * {@code -Dnestmap.tables=64 -Dnestmap.entries=65536 -Dnestmap.publishes=12}; {@code -Dnestmap.flags=0} for tables that cannot be
 * mapped into memory, 128 for tables that no program can write.
 */
class DirectorTablesTest {
    private static final int TABLES = Integer.getInteger("nestmap.tables", 16);
    private static final int ENTRIES = Integer.getInteger("nestmap.entries", 4096);
    private static final int PUBLISHES = Integer.getInteger("nestmap.publishes", 12);
    private static final int FLAGS = Integer.getInteger("nestmap.flags", 1024);
    private static final int BACKENDS = 128;
    /** The one that moves. */
    private static final int MOVING = 5;
    private static final int FILL_PART = 16_384;
    private static final int LOOKS_AT_ONCE = 100_000;
    private static final Duration LONG = Duration.ofMinutes(5);

    // What the program counts.
    private static final int ALL = 0;
    private static final int MIXED = 1;
    private static final int MISSED = 2;
    private static final int HIGHEST = 3;
    private static final int MOVING_SEEN = 4;

    @TempDir
    private Path data;

    @Test
    void aProgramNeverSeesABackendAtTwoAddressesInOneTable() throws Exception {
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
                NestmapClient client = nestmap.client()) {
            define(client);
            BpfProgram program = BpfProgram.load("director_tables", pins.root().resolve("p"),
                    pins.folder("nestmap/default"), "TABLES=" + TABLES, "ENTRIES=" + ENTRIES);
            KernelMap looks = program.map("looks");
            List<Long> millis = new ArrayList<>();
            long backMillis;
            try (Looking _ = new Looking(program)) {
                for (int generation = 2; generation <= PUBLISHES; generation++) {
                    millis.add(move(client, generation));
                }
                Await.until(LONG, () -> looks.number(HIGHEST) == PUBLISHES,
                        () -> "the highest generation seen is " + looks.number(HIGHEST));
                backMillis = move(client, PUBLISHES - 1);
            }
            System.out.printf(
                    "%d tables of %d elements (flags %d), %d of them changed each time: %d publishes, median %d ms (%d to %d), back %d ms; "
                            + "%d looks, %d moving backends seen, %d mixed, %d missed%n",
                    TABLES, ENTRIES, FLAGS, TABLES * (1 + 2 * ENTRIES / BACKENDS), millis.size(),
                    millis.stream().sorted().toList().get(millis.size() / 2),
                    millis.stream().min(Long::compare).orElseThrow(),
                    millis.stream().max(Long::compare).orElseThrow(), backMillis,
                    looks.number(ALL), looks.number(MOVING_SEEN), looks.number(MIXED),
                    looks.number(MISSED));
            assertTrue(looks.number(MOVING_SEEN) > LOOKS_AT_ONCE,
                    "moving backends seen: " + looks.number(MOVING_SEEN));
            assertEquals(0, looks.number(MIXED), "looks that found a backend at two addresses");
            assertEquals(0, looks.number(MISSED), "looks that missed a bind, secret or table");
        }
    }

    private static void define(NestmapClient client) {
        client.maps()
                .create(MapSpec.of("default", "binds", MapType.HASH, 24, 4, 4096));
        client.maps()
                .create(MapSpec.of("default", "secrets", MapType.ARRAY, 4, 16, 4096));
        List<Command.Step> steps = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            client.maps()
                    .create(MapSpec.of("default", "table" + table, MapType.ARRAY, 4, 8, ENTRIES)
                            .withFlags(FLAGS)
                            .withPlacement(new Placement.FollowsOuter()));
            for (int index = 0; index < ENTRIES; index++) {
                steps.add(entry(table, index, 1));
                if (steps.size() == FILL_PART || index == ENTRIES - 1) {
                    send(client, steps);
                }
            }
        }
        client.maps()
                .create(MapSpec.of("default", "tables", MapType.ARRAY_OF_MAPS, 4, 4, TABLES)
                        .withPublish(Publish.SEALED), new InnerSource.CopiedFrom(table(0)));
        for (int table = 0; table < TABLES; table++) {
            Bytes slot = Bytes.u32le(table);
            steps.add(new Command.Update(map("tables"), slot, new Value.Slot(table(table)), 0));
            steps.add(new Command.Update(map("secrets"), slot, new Value.Data(
                    Bytes.u64le(table + 1).concat(Bytes.u64le(~table))), 0));
            steps.add(new Command.Update(map("binds"), slot.concat(Bytes.zeros(20)),
                    new Value.Data(slot), 0));
        }
        awaitApplied(client, send(client, steps));
    }

    /** One revision in which one backend has another address, in all tables; milliseconds until it is applied. */
    private static long move(NestmapClient client, int generation) {
        List<Command.Step> steps = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            for (int index = 0; index < ENTRIES; index++) {
                if (index == 0 || first(table, index) == MOVING
                        || second(table, index) == MOVING) {
                    steps.add(entry(table, index, generation));
                }
            }
        }
        long startNanos = System.nanoTime();
        awaitApplied(client, send(client, steps));
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private static Command.Step entry(int table, int index, int generation) {
        Bytes value = index == 0
                ? Bytes.u32le(generation).concat(Bytes.u32le(table))
                : Bytes.u32le(address(first(table, index), generation))
                        .concat(Bytes.u32le(address(second(table, index), generation)));
        return new Command.Update(table(table), Bytes.u32le(index), new Value.Data(value), 0);
    }

    private static int first(int table, int index) {
        return Math.floorMod(index * 31 + table * 17, BACKENDS);
    }

    private static int second(int table, int index) {
        return Math.floorMod(first(table, index) + 1 + (index + table) % (BACKENDS - 1),
                BACKENDS);
    }

    /** 10.0.x.y, and of the one that moves 11 and the generation. */
    private static int address(int backend, int generation) {
        return backend == MOVING ? 11 << 24 | generation : 10 << 24 | backend + 1;
    }

    private static long send(NestmapClient client, List<Command.Step> steps) {
        var answer = client.txn(List.of(), steps, List.of());
        answer.value().orThrow();
        steps.clear();
        return answer.revision();
    }

    private static void awaitApplied(NestmapClient client, long revision) {
        assertTrue(client.nodes().waitApplied(map("tables"), revision, LONG).value().complete(),
                "not applied: " + revision);
    }

    private static MapRef map(String name) {
        return new MapRef.ByName("default", name);
    }

    private static MapRef table(int table) {
        return map("table" + table);
    }

    /** Runs the program again and again. */
    private static final class Looking implements AutoCloseable {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final Thread thread;

        Looking(BpfProgram program) {
            thread = Thread.ofPlatform().name("looking").start(() -> {
                while (!ended.get()) {
                    program.run(LOOKS_AT_ONCE);
                }
            });
        }

        @Override
        public void close() {
            ended.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
