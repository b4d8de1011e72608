package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.model.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Coherence} promises, in every order in which lookups, changes, marks and readers may come. */
class CoherenceSimulationTest {
    private static final int STEPS = 10_000;

    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "3,false", "4,false", "5,false", "6,true", "7,true", "8,true",
            "9,true", "10,true"})
    void noReadIsTooOldOrGoesBackOrMissesAnOwnWrite(long seed, boolean mirror) {
        CoherenceSimulation simulation = new CoherenceSimulation(seed, table(mirror));
        simulation.run(STEPS);
        assertEquals(List.of(), simulation.violations(), () -> "seed " + seed);
        assertTrue(simulation.hits() > STEPS / 50, () -> "hits " + simulation.hits());
        assertTrue(simulation.loads() > STEPS / 40, () -> "loads " + simulation.loads());
    }

    /** The test of the test: what the block comment of Coherence forbids is seen. */
    @Test
    void aTableThatLosesChangesIsFound() {
        assertFound(table -> new Broken(table) {
            @Override
            public Runnable prepare(List<MapChange> changes, Update update) {
                return () -> {};
            }
        });
    }

    @Test
    void aTableThatKeepsWhatWasDroppedIsFound() {
        assertFound(table -> new Broken(table) {
            @Override
            public Runnable prepare(List<MapChange> changes, Update update) {
                return update.kind() == Update.Kind.KEYS
                        ? super.prepare(changes, update)
                        : () -> {};
            }
        });
    }

    private static void assertFound(UnaryOperator<Table<Long>> breaking) {
        for (long seed = 1; seed <= 20; seed++) {
            CoherenceSimulation simulation = new CoherenceSimulation(seed,
                    breaking.apply(table(false)));
            simulation.run(STEPS);
            if (!simulation.violations().isEmpty()) {
                return;
            }
        }
        throw new AssertionError("20 seeds found nothing");
    }

    @Test
    void manyReadersOfOneKeyMakeOneRequest() {
        CoherenceSimulation simulation = new CoherenceSimulation(1, table(false));
        for (int i = 0; i < 1000; i++) {
            simulation.startRead(1);
        }
        assertEquals(1, simulation.loads());
        simulation.answerAll();
        assertEquals(List.of(), simulation.violations());
        simulation.startRead(1);
        assertEquals(1, simulation.loads(), "held now");
    }

    @Test
    void aReaderDoesNotWaitForAnAnswerThatWouldBeTooOld() {
        CoherenceSimulation simulation = new CoherenceSimulation(1, table(false));
        simulation.startRead(1);
        simulation.pass(CoherenceSimulation.BOUND_NANOS);
        simulation.startRead(1);
        assertEquals(1, simulation.loads());
        simulation.pass(1);
        simulation.startRead(1);
        assertEquals(2, simulation.loads());
    }

    @Test
    void aReaderThatAChangeOvertakesDoesNotTakeTheOldEntryForTheNew() {
        SimulatedStore store = new SimulatedStore();
        Deque<Runnable> aroundFind = new ArrayDeque<>();
        Runnable overtake = () -> {
            Runnable next = aroundFind.poll();
            if (next != null) {
                next.run();
            }
        };
        Coherence<Long> coherence = new Coherence<>(SimulatedStore.IDENTITY,
                new InterleavingTable(table(false), overtake, () -> {}), SimulatedStore.ENTRIES,
                key -> CompletableFuture.completedFuture(store.lookup(1)), new Counters(), 1000,
                () -> 1);
        coherence.skipTo(1);
        coherence.mark(1, 1);
        var _ = coherence.read(SimulatedStore.key(1)).join();
        long written = store.commit(1, List.of(1), key -> false);
        coherence.wrote(written);
        aroundFind.add(() -> {}); // before the entry is found
        aroundFind.add(() -> coherence.apply(store.changes(1, written).orElseThrow()));
        assertNull(coherence.hit(SimulatedStore.key(1)), "what was found is older than the write");
        Entry<Long> entry = coherence.hit(SimulatedStore.key(1));
        assertEquals(Optional.of(written), entry == null ? Optional.empty() : entry.value());
    }

    @Test
    void aMapThatIsGoneEndsAllReads() {
        CoherenceSimulation simulation = new CoherenceSimulation(1, table(false));
        simulation.startRead(1);
        simulation.answerAll();
        simulation.coherence()
                .apply(new WatchEvent(9, false, false, List.of(new MapChange(
                        SimulatedStore.MAP.id(), null, true, List.of(), List.of(),
                        Map.of()))));
        assertTrue(simulation.coherence().ended() instanceof Ended.Gone);
        assertTrue(simulation.coherence().read(SimulatedStore.key(1)).isCompletedExceptionally());
        assertNull(simulation.coherence().hit(SimulatedStore.key(1)));
    }

    @Test
    void aSnapshotWithoutTheMapAndARevisionThatGoesBackEndAllReads() {
        Coherence<Long> gone = new CoherenceSimulation(1, table(true)).coherence();
        gone.apply(new WatchEvent(9, true, false, List.of()));
        assertTrue(gone.ended() instanceof Ended.Gone);
        Coherence<Long> back = new CoherenceSimulation(1, table(true)).coherence();
        back.skipTo(9);
        back.apply(new WatchEvent(8, true, false, List.of()));
        assertTrue(back.ended() instanceof Ended.Failed);
    }

    private static Table<Long> table(boolean mirror) {
        return mirror
                ? new TrieTable<>(SimulatedStore.MAP.spec(), SimulatedStore.ENTRIES)
                : new CaffeineTable<>(new CacheOptions.Limit.Entries(8), SimulatedStore.ENTRIES,
                        Runnable::run);
    }

    /** A table that does all but one thing right. */
    private abstract static class Broken implements Table<Long> {
        private final Table<Long> table;

        Broken(Table<Long> table) {
            this.table = table;
        }

        @Override
        public @Nullable Entry<Long> find(Bytes key) {
            return table.find(key);
        }

        @Override
        public @Nullable Entry<Long> peek(Bytes key) {
            return table.peek(key);
        }

        @Override
        public void put(Bytes key, Entry<Long> entry) {
            table.put(key, entry);
        }

        @Override
        public Runnable prepare(List<MapChange> changes, Update update) {
            return table.prepare(changes, update);
        }
    }
}
