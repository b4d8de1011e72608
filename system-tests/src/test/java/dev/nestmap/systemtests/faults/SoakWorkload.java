package dev.nestmap.systemtests.faults;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.Command.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Maps of many kinds, and a thread that changes them without pause. What {@code soak.bpf.c} counts on is never deleted. */
final class SoakWorkload implements AutoCloseable {
    static final List<String> DEVICES = List.of("up0", "up1");
    /** The maps that programs look into. */
    static final List<String> SHARED = List.of("flows", "prefixes", "rings", "tables");

    private static final int KEPT = 16;
    private static final int CHURN = 64;
    private static final int SLOTS = 8;
    private static final int RING_ENTRIES = 4;
    private static final int RINGS = 2 * SLOTS;
    private static final int TABLES = 4;
    private static final int TABLE_ENTRIES = 16;
    private static final int CPU_KEYS = 8;
    private static final int NO_PREALLOC = 1;

    private final NestmapClient client;
    private final Random random;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile Throwable failure = new AssertionError("none");
    private volatile boolean failed;
    private final AtomicLong writes = new AtomicLong();
    private long number;

    /** Makes the maps, whole from the first moment on; writes nothing more before {@link #start}. */
    SoakWorkload(NestmapClient client, long seed) {
        this.client = client;
        this.random = new Random(seed);
        this.thread = Thread.ofPlatform()
                .name("soak-writer")
                .uncaughtExceptionHandler((_, thrown) -> {
                    failure = thrown;
                    failed = true;
                })
                .unstarted(this::run);
        create();
    }

    private void create() {
        List<Step> steps = new ArrayList<>();
        steps.add(define(spec("flows", MapType.HASH, 4, 8, 256)));
        steps.add(define(spec("params", MapType.ARRAY, 4, 8, KEPT)));
        steps.add(define(spec("prefixes", MapType.LPM_TRIE, 8, 8, 256).withFlags(NO_PREALLOC)));
        steps.add(define(spec("stats", MapType.PERCPU_HASH, 4, 8, CPU_KEYS)));
        steps.add(define(spec("ports", MapType.DEVMAP, 4, 4, 4)));
        for (int i = 0; i < KEPT; i++) {
            steps.add(update("flows", Bytes.u32le(i), next()));
        }
        steps.add(update("prefixes", prefix(8, 0), next()));
        for (int i = 0; i < DEVICES.size(); i++) {
            steps.add(update("ports", Bytes.u32le(i),
                    new Value.Expression("ifindex(\"%s\")".formatted(DEVICES.get(i)))));
        }
        for (int i = 0; i < RINGS; i++) {
            steps.add(define(inner("ring_" + i, RING_ENTRIES)));
            steps.add(update("ring_" + i, Bytes.u32le(0), next()));
        }
        steps.add(define(spec("rings", MapType.ARRAY_OF_MAPS, 4, 4, SLOTS).withInnerTemplate(
                new InnerTemplate(MapType.ARRAY, 4, 8, RING_ENTRIES, 0)), "ring_0"));
        for (int i = 0; i < SLOTS; i++) {
            steps.add(update("rings", Bytes.u32le(i), slot("ring_" + i)));
        }
        for (int i = 0; i < TABLES; i++) {
            steps.add(define(inner("table_" + i, TABLE_ENTRIES)));
            steps.addAll(stamp(i));
        }
        steps.add(define(spec("tables", MapType.ARRAY_OF_MAPS, 4, 4, TABLES)
                .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 8, TABLE_ENTRIES, 0))
                .withPublish(Publish.SEALED), "table_0"));
        for (int i = 0; i < TABLES; i++) {
            steps.add(update("tables", Bytes.u32le(i), slot("table_" + i)));
        }
        Writers.txn(client, steps);
    }

    void start() {
        thread.start();
    }

    /** Acknowledged so far. */
    long writes() {
        return writes.get();
    }

    /** Ends after the write under way. */
    void stop() {
        stopping = true;
        try {
            if (!thread.join(Processes.START.multipliedBy(3))) {
                throw new AssertionError("the writer is still waiting for its answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        if (failed) {
            throw new AssertionError("the writer ended", failure);
        }
    }

    private void run() {
        while (!stopping) {
            Writers.txn(client, someChange());
            writes.incrementAndGet();
        }
    }

    private List<Step> someChange() {
        return switch (random.nextInt(9)) {
            case 0, 1 -> List.of(update("flows", Bytes.u32le(random.nextInt(KEPT)), next()));
            case 2 -> churn("flows", Bytes.u32le(100 + random.nextInt(CHURN)));
            case 3 -> List.of(update("params", Bytes.u32le(random.nextInt(KEPT)), next()));
            case 4 -> churn("prefixes", prefix(16, 1 + random.nextInt(CHURN)));
            case 5 -> List.of(update("prefixes", prefix(8, 0), next()),
                    update("stats", Bytes.u32le(random.nextInt(CPU_KEYS)), next()));
            case 6 -> List.of(update("ring_" + random.nextInt(RINGS), Bytes.u32le(0), next()));
            case 7 -> List.of(update("rings", Bytes.u32le(random.nextInt(SLOTS)),
                    slot("ring_" + random.nextInt(RINGS))));
            default -> {
                List<Step> stamps = new ArrayList<>(stamp(random.nextInt(TABLES)));
                stamps.addAll(stamp(random.nextInt(TABLES)));
                yield stamps;
            }
        };
    }

    /** There, or no more. */
    private List<Step> churn(String map, Bytes key) {
        Step there = update(map, key, next());
        return random.nextBoolean()
                ? List.of(there)
                : List.of(there, new Command.DeleteElem(ref(map), key));
    }

    private List<Step> stamp(int table) {
        Value value = next();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < TABLE_ENTRIES; i++) {
            steps.add(update("table_" + table, Bytes.u32le(i), value));
        }
        return steps;
    }

    private Value next() {
        return new Value.Data(Bytes.u64le(++number));
    }

    private static Bytes prefix(int length, int second) {
        return Bytes.u32le(length).concat(Bytes.u32le(10 | second << 8));
    }

    private static MapSpec spec(String name, MapType type, int key, int value, int entries) {
        return MapSpec.of(Writers.NAMESPACE, name, type, key, value, entries);
    }

    private static MapSpec inner(String name, int entries) {
        return spec(name, MapType.ARRAY, 4, 8, entries)
                .withPlacement(new Placement.FollowsOuter());
    }

    private static Step define(MapSpec spec) {
        return new Command.Create(spec, new InnerSource.None());
    }

    private static Step define(MapSpec spec, String template) {
        return new Command.Create(spec, new InnerSource.CopiedFrom(ref(template)));
    }

    private static Value slot(String inner) {
        return new Value.Slot(ref(inner));
    }

    private static Step update(String map, Bytes key, Value value) {
        return new Command.Update(ref(map), key, value, UpdateFlags.ANY);
    }

    private static MapRef ref(String name) {
        return new MapRef.ByName(Writers.NAMESPACE, name);
    }

    /** Ends the writer, whatever it waits for. */
    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }
}
