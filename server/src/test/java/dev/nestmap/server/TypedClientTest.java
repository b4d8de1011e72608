package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.Answer;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.client.typed.Transaction;
import dev.nestmap.client.typed.TypedElement;
import dev.nestmap.model.map.MapType;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the typed client says of conditions and elements, asked of a store. */
@Timeout(120)
class TypedClientTest {
    private static final Codec<Long> U32 = Codecs.u32(ByteOrder.LITTLE_ENDIAN);

    @TempDir
    private Path directory = Path.of("");
    private @Nullable OneMember started;

    @BeforeEach
    void start() throws Exception {
        started = new OneMember(directory);
    }

    @AfterEach
    void stop() {
        store().close();
    }

    @Test
    void ifExistsAsksForTheMap() {
        BpfMap<Long, Long> map = create("m");
        assertTrue(holds(map, txn -> txn.ifExists(map.ref())));
        assertTrue(holds(map, txn -> txn.ifMissing(OneMember.name("other"))));
        assertFalse(holds(map, txn -> txn.ifExists(OneMember.name("other"))));
        assertFalse(holds(map, txn -> txn.ifMissing(map.ref())));
    }

    @Test
    void ifUnchangedSinceTakesTheRevisionOfAnyAnswer() {
        BpfMap<Long, Long> map = create("m");
        long written = map.put(1L, 1L);
        BpfMap<Long, Long> other = create("other");
        long later = other.put(1L, 1L);
        assertTrue(later > written);
        assertTrue(holds(other, txn -> txn.ifUnchangedSince(map.ref(), written)));
        assertTrue(holds(other, txn -> txn.ifUnchangedSince(map.ref(), later)));
        assertFalse(holds(other, txn -> txn.ifUnchangedSince(map.ref(), written - 1)));
        assertFalse(holds(other, txn -> txn.ifUnchangedSince(OneMember.name("none"), later)));
    }

    @Test
    void ifAbsentAndIfPresentAskForTheElement() {
        BpfMap<Long, Long> map = create("m");
        map.put(1L, 1L);
        assertTrue(holds(map, txn -> txn.ifPresent(map, 1L)));
        assertFalse(holds(map, txn -> txn.ifPresent(map, 2L)));
        assertTrue(holds(map, txn -> txn.ifAbsent(map, 2L)));
        assertFalse(holds(map, txn -> txn.ifAbsent(map, 1L)));
    }

    @Test
    void ifEqualsAsksForTheValue() {
        BpfMap<Long, Long> map = create("m");
        map.put(1L, 7L);
        assertTrue(holds(map, txn -> txn.ifEquals(map, 1L, 7L)));
        assertFalse(holds(map, txn -> txn.ifEquals(map, 1L, 8L)));
        assertFalse(holds(map, txn -> txn.ifEquals(map, 2L, 7L)));
    }

    @Test
    void commitAsyncDoesWhatCommitDoes() throws Exception {
        BpfMap<Long, Long> map = create("m");
        Answer<TxnOutcome> answer = Transaction.on(client())
                .ifAbsent(map, 1L)
                .then(steps -> steps.put(map, 1L, 2L))
                .commitAsync()
                .get(60, TimeUnit.SECONDS);
        assertTrue(answer.value().orThrow().conditionsHeld());
        assertEquals(Optional.of(2L), map.get(1L));
        assertEquals(answer.revision(), map.handle().describe().value().modifiedRevision());
    }

    @Test
    void elementsAreOfOneRevisionAndEndWhereTheyAreClosed() {
        BpfMap<Long, Long> map = create("m");
        for (long key = 0; key < 5; key++) {
            map.put(key, key);
        }
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L), keys(map));
        Iterator<TypedElement<Long, Long>> early;
        try (Stream<TypedElement<Long, Long>> left = map.elements()) {
            early = left.iterator();
            assertEquals(new TypedElement<>(0L, 0L), early.next());
        }
        assertFalse(early.hasNext());
    }

    private static List<Long> keys(BpfMap<Long, Long> map) {
        try (Stream<TypedElement<Long, Long>> all = map.elements()) {
            return all.map(TypedElement::key).sorted().toList();
        }
    }

    /** Runs a transaction whose sides write what was chosen, and checks that they did. */
    private boolean holds(BpfMap<Long, Long> map, UnaryOperator<Transaction> conditions) {
        boolean holds = conditions.apply(Transaction.on(client()))
                .then(steps -> steps.put(map, 99L, 1L))
                .otherwise(steps -> steps.put(map, 99L, 0L))
                .commit()
                .value()
                .orThrow()
                .conditionsHeld();
        assertEquals(Optional.of(holds ? 1L : 0L), map.get(99L));
        map.remove(99L);
        return holds;
    }

    private BpfMap<Long, Long> create(String name) {
        return BpfMap.create(client(), name, MapType.HASH, 16, U32, U32);
    }

    private NestmapClient client() {
        return store().client();
    }

    private OneMember store() {
        OneMember store = started;
        if (store == null) {
            throw new IllegalStateException("not started");
        }
        return store;
    }
}
