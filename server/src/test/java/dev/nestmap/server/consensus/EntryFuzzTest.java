package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.proto.v1.LogEntry;
import dev.nestmap.server.fuzz.Damage;
import dev.nestmap.server.fuzz.FuzzRun;
import dev.nestmap.server.fuzz.RandomMessages;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Log entries that no client of ours writes. An entry that makes apply throw would stop every member, and again after each
 * restart, so whatever can be parsed must end in a result.
 */
final class EntryFuzzTest {
    private static final int ENTRIES = 200;

    private long applied;
    private long changed;

    @Test
    void everyEntryThatCanBeParsedHasAResultAndTheStateStaysConsistent() {
        FuzzRun.of("log entries", random -> {
            RandomMessages messages = new RandomMessages(random);
            FleetState state = FleetState.EMPTY;
            for (int i = 0; i < ENTRIES; i++) {
                state = apply(state, entry(messages, random));
            }
            checkCounts(state);
        });
        System.out.printf("%d writes applied, %d of them made a revision%n", applied, changed);
        assertEquals(true, changed > applied / 100, "the writes made too little sense");
    }

    private static LogEntry entry(RandomMessages messages, Random random) {
        LogEntry entry = messages.like(LogEntry.getDefaultInstance())
                .toBuilder()
                .setFormat(EntryApplier.FORMAT)
                .build();
        if (random.nextInt(4) != 0) {
            return entry;
        }
        try {
            return LogEntry.parseFrom(Damage.of(entry.toByteArray(), random))
                    .toBuilder()
                    .setFormat(EntryApplier.FORMAT)
                    .build();
        } catch (InvalidProtocolBufferException e) {
            return entry;
        }
    }

    private FleetState apply(FleetState before, LogEntry entry) throws Exception {
        FleetState state = before;
        for (Committed committed : EntryApplier.apply(before, entry, 1)) {
            applied++;
            FleetState next = committed.state();
            if (next.revision() != state.revision()) {
                changed++;
            }
            Result result = committed.result();
            if (result instanceof Result.Refused || result instanceof Result.TxnRefused) {
                assertEquals(state.revision(), next.revision(), "a refusal changed the revision");
            }
            assertEquals(result,
                    AnswerCodec.result(AnswerCodec.answer(committed.revision(), result)));
            state = next;
        }
        return state;
    }

    /** Every slot holds a map that is there, and every count is the sum of what it counts. */
    private static void checkCounts(FleetState state) {
        Map<Long, Long> references = new TreeMap<>();
        long elements = 0;
        for (Entry<MapState> map : state.maps()) {
            elements += map.value().elements().size();
            if (map.value().spec().type().isOuter()) {
                for (Entry<Bytes> slot : map.value().elements()) {
                    references.merge(StoredElements.slotMapId(slot.value()), 1L, Long::sum);
                }
            }
        }
        assertEquals(elements, state.elementCount(), "the count of elements");
        for (Entry<MapState> map : state.maps()) {
            long held = references.getOrDefault(map.value().id(), 0L);
            assertEquals(held, map.value().slotReferences(), () -> "references of " + map.value());
            assertEquals(true, held > 0 || !map.value().unlinked(),
                    () -> "neither name nor slot holds " + map.value());
            references.remove(map.value().id());
        }
        assertEquals(Map.of(), references, "slots that hold nothing");
    }
}
