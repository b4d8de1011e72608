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
 * Tables as those of a load balancer: each change touches all of them, and a program looks into them all the time. The full
 * size is 64 tables of 65,536 elements: {@code -Dnestmap.tables=64 -Dnestmap.entries=65536 -Dnestmap.publishes=50}.
 */
class SealedTablesTest {
    private static final int TABLES = Integer.getInteger("nestmap.tables", 16);
    private static final int ENTRIES = Integer.getInteger("nestmap.entries", 4096);
    private static final int PUBLISHES = Integer.getInteger("nestmap.publishes", 20);
    private static final int FILL_PART = 16_384;
    private static final int LOOKS_AT_ONCE = 200_000;
    private static final Duration LONG = Duration.ofMinutes(5);

    // What the program counts.
    private static final int ALL = 0;
    private static final int MIXED = 1;
    private static final int WITHOUT = 2;
    private static final int HIGHEST = 3;

    @TempDir
    private Path data;

    @Test
    void aProgramNeverSeesTwoGenerationsInOneTable() throws Exception {
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
                NestmapClient client = nestmap.client()) {
            define(client, Publish.SEALED);
            publish(client, 1);
            BpfProgram program = program(pins);
            KernelMap looks = program.map("looks");
            try (Looking _ = new Looking(program)) {
                List<Long> millis = new ArrayList<>();
                for (int stamp = 2; stamp <= PUBLISHES; stamp++) {
                    millis.add(publish(client, stamp));
                }
                awaitSeen(looks, PUBLISHES);
                long back = publish(client, PUBLISHES - 1);
                System.out.printf(
                        "%d tables of %d elements: %d publishes, median %d ms, back %d ms; %d looks, %d mixed, %d without%n",
                        TABLES, ENTRIES, PUBLISHES, millis.stream()
                                .sorted()
                                .toList()
                                .get(millis.size() / 2),
                        back, looks.number(ALL), looks.number(MIXED), looks.number(WITHOUT));
            }
            assertTrue(looks.number(ALL) > LOOKS_AT_ONCE, "looks " + looks.number(ALL));
            assertEquals(0, looks.number(MIXED), "looks that found two generations in one table");
            assertEquals(0, looks.number(WITHOUT), "looks that found no table");
        }
    }

    /** What the other test would see if it were not for sealed publish. */
    @Test
    void publishedInPlaceAProgramSeesBothGenerationsNowAndThen() throws Exception {
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
                NestmapClient client = nestmap.client()) {
            define(client, Publish.IN_PLACE);
            publish(client, 1);
            BpfProgram program = program(pins);
            KernelMap looks = program.map("looks");
            int[] stamp = {1};
            try (Looking _ = new Looking(program)) {
                Await.until(LONG, () -> {
                    publish(client, ++stamp[0]);
                    return looks.number(MIXED) > 0;
                }, () -> looks.number(ALL) + " looks, none mixed after " + stamp[0]
                        + " publishes");
            }
        }
    }

    private static void define(NestmapClient client, Publish publish) {
        for (int table = 0; table < TABLES; table++) {
            client.maps()
                    .create(MapSpec.of("default", "table" + table, MapType.ARRAY, 4, 8, ENTRIES)
                            .withPlacement(new Placement.FollowsOuter()));
            List<Command.Step> steps = new ArrayList<>();
            for (int key = 1; key < ENTRIES - 1; key++) {
                steps.add(new Command.Update(ref(table), Bytes.u32le(key),
                        new Value.Data(Bytes.u32le(table + 1).concat(Bytes.u32le(key))), 0));
                if (steps.size() == FILL_PART || key == ENTRIES - 2) {
                    client.txn(List.of(), steps, List.of()).value().orThrow();
                    steps.clear();
                }
            }
        }
        client.maps()
                .create(MapSpec.of("default", "tables", MapType.ARRAY_OF_MAPS, 4, 4, TABLES)
                        .withPublish(publish), new InnerSource.CopiedFrom(ref(0)));
        List<Command.Step> slots = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            slots.add(new Command.Update(new MapRef.ByName("default", "tables"),
                    Bytes.u32le(table), new Value.Slot(ref(table)), 0));
        }
        client.txn(List.of(), slots, List.of()).value().orThrow();
    }

    /** One revision in which each table gets a stamp at its beginning, in its middle and at its end; milliseconds until it is applied. */
    private static long publish(NestmapClient client, int stamp) {
        List<Command.Step> steps = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            for (int key : new int[]{0, ENTRIES / 2, ENTRIES - 1}) {
                steps.add(new Command.Update(ref(table), Bytes.u32le(key),
                        new Value.Data(Bytes.u32le(stamp).concat(Bytes.u32le(0))), 0));
            }
        }
        long startNanos = System.nanoTime();
        long revision = client.txn(List.of(), steps, List.of()).revision();
        assertTrue(client.nodes()
                .waitApplied(new MapRef.ByName("default", "tables"), revision, LONG)
                .value()
                .complete(), "not applied: " + revision);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private static BpfProgram program(BpfFilesystem pins) {
        return BpfProgram.load("sealed_tables", pins.root().resolve("p"),
                pins.folder("nestmap/default"), "TABLES=" + TABLES, "ENTRIES=" + ENTRIES);
    }

    private static void awaitSeen(KernelMap looks, int stamp) {
        Await.until(LONG, () -> looks.number(HIGHEST) == stamp,
                () -> "the highest stamp seen is " + looks.number(HIGHEST));
    }

    private static MapRef ref(int table) {
        return new MapRef.ByName("default", "table" + table);
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
