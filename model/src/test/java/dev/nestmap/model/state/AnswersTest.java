package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.data;
import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever is forgotten, a write is done at most once. */
class AnswersTest {
    private static final Result DONE = new Result.Done();
    private static final Result FORGOTTEN = new Result.Forgotten();

    private Answers answers = Answers.NONE;

    private static Bytes client(long number) {
        return Bytes.u64be(1).concat(Bytes.u64be(number));
    }

    private static RequestId id(long client, long call) {
        return new RequestId(client(client), call);
    }

    private Optional<Result> found(RequestId request) {
        return answers.find(request, 9).map(Answers.Answer::result);
    }

    private void flood(long client, long calls) {
        for (long call = 1; call <= calls; call++) {
            answers = answers.remember(id(client, call), 5, DONE);
        }
    }

    /** One client pops 65 values of 1 MiB; what the others took is still known to be taken. */
    @Test
    void largeValuesTakenDoNotMakeTheStoreForgetOtherAnswers() {
        Fleet fleet = new Fleet();
        fleet.create(spec("large", MapType.QUEUE, 0, 1 << 20, 100));
        fleet.create(spec("small", MapType.QUEUE, 0, 4, 100));
        for (int i = 0; i < 65; i++) {
            fleet.ok(new Command.Update(name("large"), Bytes.empty(),
                    new Value.Data(Bytes.zeros(1 << 20)), 0));
        }
        fleet.ok(new Command.Update(name("small"), Bytes.empty(), data(1, 0, 0, 0), 0));
        fleet.ok(new Command.Update(name("small"), Bytes.empty(), data(2, 0, 0, 0), 0));
        Command pop = new Command.LookupAndDelete(name("small"), Bytes.empty(), 0);
        Transition first = Transition.apply(fleet.state, id(1, 1), pop);
        FleetState state = first.state();
        for (int i = 1; i <= 65; i++) {
            state = Transition.apply(state, id(2, i),
                    new Command.LookupAndDelete(name("large"), Bytes.empty(), 0)).state();
        }
        Transition again = Transition.apply(state, id(1, 1), pop);
        assertEquals(new Result.Taken(data(1, 0, 0, 0)), again.result());
        assertEquals(first.revision(), again.revision());
        assertEquals(state, again.state());
        Transition tooLarge = Transition.apply(state, id(2, 1),
                new Command.LookupAndDelete(name("large"), Bytes.empty(), 0));
        assertEquals(FORGOTTEN, tooLarge.result());
        assertEquals(state, tooLarge.state());
        assertTrue(state.answers().sizeBytes() <= Answers.LIMIT_BYTES);
    }

    @Test
    void aWriteWhoseAnswerIsForgottenIsNotDoneAgain() {
        answers = answers.remember(id(1, 7), 4, DONE);
        flood(2, Answers.LIMIT);
        assertEquals(Optional.of(FORGOTTEN), found(id(1, 7)));
        assertEquals(Optional.of(FORGOTTEN), found(id(1, 6)));
        assertEquals(Optional.empty(), found(id(1, 8)));
        assertEquals(Optional.empty(), found(id(3, 7)));
        assertEquals(Optional.of(DONE), found(id(2, 1)));
    }

    @Test
    void callIdsAreUnsigned() {
        answers = answers.remember(id(1, -2), 4, DONE);
        answers = answers.remember(id(1, 5), 4, DONE);
        flood(2, Answers.LIMIT);
        assertEquals(Optional.of(FORGOTTEN), found(id(1, -2)));
        assertEquals(Optional.of(FORGOTTEN), found(id(1, 6)));
        assertEquals(Optional.empty(), found(id(1, -1)));
    }

    /** Then only the client can say whether a write is old. */
    @Test
    void clientsThemselvesAreForgottenLongestIdleFirst() {
        answers = answers.remember(id(0, 1), 40, DONE);
        for (long client = 1; client <= Answers.LIMIT + Marks.LIMIT; client++) {
            answers = answers.remember(id(client, 1), 50, DONE);
        }
        assertEquals(Marks.LIMIT, answers.marks().byClient().size());
        assertEquals(Marks.LIMIT, answers.marks().bySequence().size());
        assertEquals(40, answers.marks().goneRevision());
        assertEquals(Optional.empty(), found(id(0, 1)));
        assertEquals(Optional.of(FORGOTTEN), found(new RequestId(client(0), 1, 39)));
        assertEquals(Optional.empty(), found(new RequestId(client(0), 2, 40)));
        assertEquals(Optional.of(FORGOTTEN), found(id(1, 1)));
    }

    @Test
    void manyAnswersOfMiddleSizeAreBoundedToo() {
        Result refused = new Result.Refused(new Refusal(Errno.EINVAL, "x".repeat(1024)));
        for (long call = 1; call <= Answers.LIMIT; call++) {
            answers = answers.remember(id(1, call), 5, refused);
        }
        assertTrue(answers.sizeBytes() <= Answers.LIMIT_BYTES);
        assertEquals(Optional.of(FORGOTTEN), found(id(1, 1)));
        assertEquals(Optional.of(refused), found(id(1, Answers.LIMIT)));
    }
}
