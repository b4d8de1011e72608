package dev.nestmap.systemtests.faults;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Step;
import dev.nestmap.systemtests.faults.Ledger.Cell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Threads that write rising numbers, each the next as soon as the one before is acknowledged. */
final class Writers implements AutoCloseable {
    static final String NAMESPACE = "default";
    /** A hash with 4-byte keys. */
    static final String NUMBERS = "numbers";
    /** Two hashes that one transaction writes. */
    static final String LEFT = "left";
    static final String RIGHT = "right";
    /** A hash in which every key is written once, with noexist. */
    static final String ONCE = "once";
    /** Keys that a writer of {@link #NUMBERS} or of the two has for itself. */
    static final int KEYS = 64;

    private static final int ONCE_ENTRIES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final NestmapClient client;
    private final Ledger ledger;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    Writers(NestmapClient client, Ledger ledger) {
        this.client = client;
        this.ledger = ledger;
    }

    /** The next write of a writer. */
    @FunctionalInterface
    interface Write {
        /** What the cells hold when it is done. */
        Map<Cell, Long> cells(long number);

        /** Writes; returns when it is acknowledged. */
        default void send(NestmapClient client, long number) {
            List<Step> steps = new ArrayList<>();
            cells(number).forEach((cell, value) -> steps.add(step(cell, value)));
            txn(client, steps);
        }

        private static Step step(Cell cell, long number) {
            return switch (cell) {
                case Cell.Element(String map, Bytes key) -> update(map, key, number);
                case Cell.InSlot slot -> throw new IllegalArgumentException("no number: " + slot);
            };
        }
    }

    /** Creates the four maps that have no slots. */
    static void createMaps(NestmapClient client) {
        for (String name : List.of(NUMBERS, LEFT, RIGHT)) {
            client.maps().create(MapSpec.of(NAMESPACE, name, MapType.HASH, 4, 8, 16 * KEYS));
        }
        client.maps()
                .create(MapSpec.of(NAMESPACE, ONCE, MapType.HASH, 8, 8, ONCE_ENTRIES)
                        .withFlags(1)
                        .withPlacement(new Placement.FollowsOuter()));
    }

    /** Starts a writer of single numbers. */
    void single() {
        int writer = threads.size();
        start(writer, number -> Map.of(
                new Cell.Element(NUMBERS, Bytes.u32le(writer * KEYS + (int) (number % KEYS))),
                number), 1);
    }

    /** Starts a writer of the same number to two maps at once. */
    void pairs() {
        int writer = threads.size();
        start(writer, number -> {
            Bytes key = Bytes.u32le(writer * KEYS + (int) (number % KEYS));
            return Map.of(new Cell.Element(LEFT, key), number,
                    new Cell.Element(RIGHT, key), number);
        }, 1);
    }

    /** Starts a writer to whom a write that was done twice would be an error. */
    void once() {
        int writer = threads.size();
        start(writer, new Write() {
            @Override
            public Map<Cell, Long> cells(long number) {
                return Map.of(new Cell.Element(ONCE, key(number)), number);
            }

            @Override
            public void send(NestmapClient sender, long number) {
                sender.map(ONCE)
                        .update(key(number), new Value.Data(Bytes.u64le(number)),
                                UpdateFlags.NOEXIST);
            }

            private Bytes key(long number) {
                return Bytes.u32be(writer).concat(Bytes.u32be((int) number));
            }
        }, 1);
    }

    /** Starts a writer that begins with some number. */
    void start(Write write, long first) {
        start(threads.size(), write, first);
    }

    private void start(int writer, Write write, long first) {
        threads.add(Thread.ofPlatform()
                .name("writer-" + writer)
                .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
                .start(() -> run(writer, write, first)));
    }

    private void run(int writer, Write write, long first) {
        try {
            for (long number = first; !stopping; number++) {
                ledger.begin(writer, write.cells(number));
                write.send(client, number);
                ledger.acknowledge(writer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What ended a writer before its time; none should be. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Lets the writes under way be acknowledged and ends the writers. */
    void stop() {
        stopping = true;
        ledger.release();
        for (Thread thread : threads) {
            try {
                if (!thread.join(PATIENCE)) {
                    throw new AssertionError(thread.getName() + " is still waiting for its answer");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    /** Ends the writers, whatever they wait for. */
    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
    }

    static Command.Update update(String map, Bytes key, long number) {
        return new Command.Update(new MapRef.ByName(NAMESPACE, map), key,
                new Value.Data(Bytes.u64le(number)), UpdateFlags.ANY);
    }

    static void txn(NestmapClient client, List<Step> steps) {
        TxnOutcome outcome = client.txn(List.of(), steps, List.of()).value();
        outcome.orThrow();
    }
}
