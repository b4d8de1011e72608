package dev.nestmap.client.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.Answer;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.Write;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    private static final int ROUNDS = 2000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCommandComesBackFromTheWireAsItWas(long seed) throws Exception {
        RandomCommands random = new RandomCommands(seed);
        for (int i = 0; i < ROUNDS; i++) {
            Command command = random.command();
            RequestId id = random.id();
            Write wire = Write.parseFrom(RequestCodec.write(id, command).toByteArray());
            assertEquals(command, CommandCodec.command(wire));
            assertEquals(id, CommandCodec.requestId(wire));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aResultComesBackFromTheWireAsItWas(long seed) throws Exception {
        RandomCommands random = new RandomCommands(seed);
        for (int i = 0; i < ROUNDS; i++) {
            Result result = random.result();
            Answer wire = Answer.parseFrom(AnswerCodec.answer(i, result).toByteArray());
            assertEquals(result, AnswerCodec.result(wire));
            assertEquals(i, wire.getRevision());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalComesBackFromAnErrorAsItWas(Errno errno) {
        Refusal refusal = new Refusal(errno, "update \"m\": the rule");
        assertEquals(Optional.of(refusal), ErrorCodec.refusal(ErrorCodec.error(refusal)));
        assertEquals(Optional.empty(), ErrorCodec.storeError(ErrorCodec.error(refusal)));
    }

    @ParameterizedTest
    @EnumSource
    void aStoreErrorComesBackAsItWas(StoreError error) {
        Duration pause = Duration.ofMillis(1500);
        var sent = ErrorCodec.retriable(error, "why", Optional.of("h:1"), pause);
        assertEquals(Optional.of(error), ErrorCodec.storeError(sent));
        assertEquals(Optional.of("h:1"), ErrorCodec.leader(sent));
        assertEquals(Optional.of(pause), ErrorCodec.retryAfter(sent));
        assertEquals(Optional.empty(), ErrorCodec.refusal(sent));
        assertEquals(Optional.empty(), ErrorCodec.retryAfter(ErrorCodec.error(error, "why")));
    }

    @Test
    void anErrorOfAnyOtherKindCarriesNothing() {
        for (Throwable error : new Throwable[]{new IllegalStateException("x"),
                io.grpc.Status.NOT_FOUND.asRuntimeException()}) {
            assertEquals(Optional.empty(), ErrorCodec.refusal(error));
            assertEquals(Optional.empty(), ErrorCodec.storeError(error));
            assertEquals(Optional.empty(), ErrorCodec.leader(error));
        }
    }

    @Test
    void incompleteMessagesAreRefusedWithTheirMissingPart() {
        assertThrows(InvalidMessageException.class,
                () -> CommandCodec.command(Write.getDefaultInstance()));
        Write txn = Write.newBuilder()
                .setTxn(TxnRequest.newBuilder()
                        .addThen(
                                dev.nestmap.proto.v1.Operation.getDefaultInstance()))
                .build();
        assertThrows(InvalidMessageException.class, () -> CommandCodec.command(txn));
        InvalidMessageException e = assertThrows(InvalidMessageException.class,
                () -> CommandCodec.requestId(txn));
        assertEquals(Errno.EINVAL, e.refusal().errno());
    }
}
