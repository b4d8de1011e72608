package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Found;
import dev.nestmap.client.MapChange;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Coherence} promises, in every order in which lookups, changes, marks and readers may come. */
@SuppressWarnings("NullableOptional") // as Table declares it
class CoherenceSimulationTest {
    private static final int STEPS = 10_000;

    @ParameterizedTest
    @CsvSource({"1,false,0", "2,false,0", "3,false,0", "4,false,500", "5,false,500", "6,true,0",
            "7,true,0", "8,true,0", "9,true,500", "10,true,500"})
    void noReadIsTooOldOrGoesBackOrMissesAnOwnWrite(long seed, boolean mirror, long lagNanos) {
        CoherenceSimulation simulation = new CoherenceSimulation(seed, table(mirror), lagNanos);
        simulation.run(STEPS);
        assertEquals(List.of(), simulation.violations(), () -> "seed " + seed);
        assertTrue(simulation.hits() > STEPS / 50, () -> "hits " + simulation.hits());
        assertTrue(simulation.loads() > STEPS / 40, () -> "loads " + simulation.loads());
    }

    /** The test of the test: what the block comment of Coherence forbids is seen. */
    @Test
    void aTableThatLosesChangesIsFound() {
        assertFoundIn(table -> new Broken(table) {
            @Override
            public Runnable prepare(List<MapChange> changes, Update update) {
                return () -> {};
            }
        });
    }

    @Test
    void aClockThatIsFurtherBehindThanItSaysIsFound() {
        assertFound(seed -> new CoherenceSimulation(seed, table(seed % 2 == 0),
                2 * CoherenceSimulation.BOUND_NANOS));
    }

    @Test
    void aTableThatKeepsWhatWasDroppedIsFound() {
        assertFoundIn(table -> new Broken(table) {
            @Override
            public Runnable prepare(List<MapChange> changes, Update update) {
                return update.kind() == Update.Kind.KEYS
                        ? super.prepare(changes, update)
                        : () -> {};
            }
        });
    }

    private static void assertFoundIn(UnaryOperator<Table<Bytes, Long>> breaking) {
        assertFound(seed -> new CoherenceSimulation(seed, breaking.apply(table(false))));
    }

    private static void assertFound(LongFunction<CoherenceSimulation> broken) {
        for (long seed = 1; seed <= 20; seed++) {
            CoherenceSimulation simulation = broken.apply(seed);
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
        Coherence<Bytes, Long> coherence = new Coherence<>(SimulatedStore.IDENTITY,
                SimulatedStore.KEYS, new InterleavingTable(table(false), overtake, () -> {}),
                SimulatedStore.ENTRIES,
                key -> CompletableFuture.completedFuture(store.lookup(1)), new Counters(), 1000,
                () -> 1);
        coherence.skipTo(1);
        coherence.mark(1, 1);
        var _ = coherence.read(SimulatedStore.key(1)).join();
        long written = store.commit(1, List.of(1), key -> false);
        coherence.wrote(written);
        aroundFind.add(() -> {}); // before the entry is found
        aroundFind.add(() -> coherence.apply(store.changes(1, written).orElseThrow()));
        Optional<Long> overtaken = coherence.hitSince(SimulatedStore.key(1), 1);
        assertTrue(overtaken == null || overtaken.equals(Optional.of(written)),
                () -> overtaken + ": what was found is older than the write");
        Optional<Long> found = coherence.hitSince(SimulatedStore.key(1), 1);
        assertEquals(Optional.of(written), found);
    }

    /** A lagging watch gets the difference of two versions, in which what came and went between them is not. */
    @Test
    void aKeyThatCameAndWentWithinAMergedChangeIsNotKept() {
        SimulatedStore store = new SimulatedStore();
        long[] nowNanos = {1};
        Deque<CompletableFuture<Answer<Found>>> sent = new ArrayDeque<>();
        Coherence<Bytes, Long> coherence = new Coherence<>(SimulatedStore.IDENTITY,
                SimulatedStore.KEYS, table(false),
                SimulatedStore.ENTRIES, key -> {
                    CompletableFuture<Answer<Found>> answer = new CompletableFuture<>();
                    sent.add(answer);
                    return answer;
                }, new Counters(), 1000, () -> nowNanos[0]);
        coherence.skipTo(1);
        coherence.mark(1, 1);
        store.commit(1, List.of(1, 2), key -> false);
        var held = coherence.read(SimulatedStore.key(1));
        sent.remove().complete(store.lookup(1));
        assertEquals(Optional.of(2L), held.join().value());
        var onItsWay = coherence.read(SimulatedStore.key(2));
        Answer<Found> late = store.lookup(2);
        long deleted = store.commit(1, List.of(1, 2), key -> true);
        coherence.apply(store.changes(1, deleted).orElseThrow());
        sent.remove().complete(late);
        assertEquals(Optional.of(2L), onItsWay.join().value(), "it began before");
        nowNanos[0] += 5000;
        coherence.mark(deleted, nowNanos[0]);
        assertNull(coherence.hitSince(SimulatedStore.key(1), nowNanos[0]), "it was held");
        assertNull(coherence.hitSince(SimulatedStore.key(2), nowNanos[0]), "it was on its way");
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
        assertNull(simulation.coherence().hit(SimulatedStore.key(1), 1));
    }

    @Test
    void aSnapshotWithoutTheMapAndARevisionThatGoesBackEndAllReads() {
        Coherence<Bytes, Long> gone = new CoherenceSimulation(1, table(true)).coherence();
        gone.apply(new WatchEvent(9, true, false, List.of()));
        assertTrue(gone.ended() instanceof Ended.Gone);
        Coherence<Bytes, Long> back = new CoherenceSimulation(1, table(true)).coherence();
        back.skipTo(9);
        back.reached(8);
        assertTrue(back.ended() instanceof Ended.Failed);
    }

    @Test
    void contentsFromAMemberThatLagsAreNotTaken() {
        Coherence<Bytes, Long> coherence = new CoherenceSimulation(1, table(true)).coherence();
        coherence.mark(9, 1);
        NestmapException lags = assertThrows(NestmapException.class,
                () -> coherence.apply(new WatchEvent(8, true, false, List.of())));
        assertEquals(NestmapException.Kind.UNAVAILABLE, lags.kind());
        assertNull(coherence.ended());
    }

    @Test
    void aWriteThatLeavesTheNamespaceOutIsAnOwnWrite() {
        assertTrue(SimulatedStore.IDENTITY.mayBeIn(Set.of(new MapRef.ByName("", "m"))));
        assertFalse(SimulatedStore.IDENTITY.mayBeIn(Set.of(new MapRef.ByName("other", "m"))));
    }

    @Test
    void anErrorInACodecIsGivenToAllWhoWait() {
        SimulatedStore store = new SimulatedStore();
        store.commit(1, List.of(1), key -> false);
        Entries<Long> entries = new Entries<>(new Unreadable());
        CompletableFuture<Answer<Found>> wire = new CompletableFuture<>();
        Coherence<Bytes, Long> coherence = new Coherence<>(SimulatedStore.IDENTITY,
                SimulatedStore.KEYS,
                new CaffeineTable<>(new CacheOptions.Limit.Entries(8), SimulatedStore.KEYS, entries,
                        Runnable::run),
                entries, key -> wire, new Counters(), 1000, () -> 1);
        coherence.skipTo(1);
        var first = coherence.read(SimulatedStore.key(1));
        var second = coherence.read(SimulatedStore.key(1));
        wire.complete(store.lookup(1));
        assertTrue(first.isCompletedExceptionally());
        assertTrue(second.isCompletedExceptionally());
    }

    @Test
    void aMirrorOfAnArrayTakesACodecThatCannotReadZeros() {
        MirrorTable<Bytes, Long> table = new MirrorTable<>(
                MapSpec.of("default", "a", MapType.ARRAY, 4, 8, 8), SimulatedStore.KEYS,
                new Entries<>(new Unwritten()));
        table.prepare(List.of(), new Table.Update(Table.Update.Kind.CONTENTS, 0, 1, 0)).run();
        assertNull(table.find(SimulatedStore.key(0)), "whoever asks is told by the store's answer");
    }

    /** Fails in a way of its own. */
    private static class Unreadable implements Codec<Long> {
        @Override
        public int sizeBytes() {
            return Long.BYTES;
        }

        @Override
        public void write(Long value, ByteBuffer target) {
            target.putLong(value);
        }

        @Override
        public Long read(ByteBuffer source) {
            throw new NoClassDefFoundError("a class of the user");
        }
    }

    /** Takes no zeros, as a record with a check in it. */
    private static final class Unwritten extends Unreadable {
        @Override
        public Long read(ByteBuffer source) {
            throw new IllegalArgumentException("zero is none");
        }
    }

    private static Table<Bytes, Long> table(boolean mirror) {
        return mirror
                ? new MirrorTable<>(SimulatedStore.MAP.spec(), SimulatedStore.KEYS,
                        SimulatedStore.ENTRIES)
                : new CaffeineTable<>(new CacheOptions.Limit.Entries(8), SimulatedStore.KEYS,
                        SimulatedStore.ENTRIES,
                        Runnable::run);
    }

    /** A table that does all but one thing right. */
    private abstract static class Broken implements Table<Bytes, Long> {
        private final Table<Bytes, Long> table;

        Broken(Table<Bytes, Long> table) {
            this.table = table;
        }

        @Override
        @SuppressWarnings("NullableOptional") // as declared
        public @Nullable Optional<Long> find(Bytes key) {
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
