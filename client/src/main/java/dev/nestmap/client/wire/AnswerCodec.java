package dev.nestmap.client.wire;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.Answer;
import dev.nestmap.proto.v1.Failure;
import java.util.List;
import java.util.Optional;

/** Results of writes, as snapshots keep them, and refusals inside answers. */
public final class AnswerCodec {
    private AnswerCodec() {}

    /** To the wire. */
    public static Failure failure(Refusal refusal) {
        return Failure.newBuilder()
                .setErrno(refusal.errno().number())
                .setErrnoName(refusal.errno().name())
                .setMessage(refusal.rule())
                .build();
    }

    /** To the model; refused where the errno is not known. */
    public static Refusal refusal(Failure failure) throws InvalidMessageException {
        return new Refusal(Errno.ofNumber(failure.getErrno())
                .orElseThrow(() -> new InvalidMessageException(
                        "errno %d is not known".formatted(failure.getErrno()))),
                failure.getMessage());
    }

    /** To the wire. */
    public static Answer answer(long revision, Result result) {
        Answer.Builder wire = Answer.newBuilder().setRevision(revision);
        switch (result) {
            case Result.Refused(Refusal refusal) ->
                wire.setKind(Answer.Kind.REFUSED).setFailure(failure(refusal));
            case Result.Done() -> wire.setKind(Answer.Kind.DONE);
            case Result.Created(long mapId) -> wire.setKind(Answer.Kind.CREATED).setMapId(mapId);
            case Result.Deleted(long mapId, boolean stillReferenced) ->
                wire.setKind(Answer.Kind.DELETED).setMapId(mapId).setFlag(stillReferenced);
            case Result.Taken(Value value) ->
                wire.setKind(Answer.Kind.TAKEN).setValue(ElementCodec.value(value));
            case Result.Batch(int count, Optional<Refusal> failure) -> {
                wire.setKind(Answer.Kind.BATCH).setCount(count);
                failure.ifPresent(refusal -> wire.setFailure(failure(refusal)));
            }
            case Result.TxnDone(boolean succeeded, List<Long> created, List<Value> taken) -> {
                wire.setKind(Answer.Kind.TXN_DONE).setFlag(succeeded).addAllCreatedMapIds(created);
                taken.forEach(value -> wire.addTaken(ElementCodec.value(value)));
            }
            case Result.TxnRefused(boolean succeeded, int position, Refusal refusal) ->
                wire.setKind(Answer.Kind.TXN_REFUSED)
                        .setFlag(succeeded)
                        .setCount(position)
                        .setFailure(failure(refusal));
            case Result.Forgotten() -> wire.setKind(Answer.Kind.FORGOTTEN);
        }
        return wire.build();
    }

    /** To the model. */
    public static Result result(Answer answer) throws InvalidMessageException {
        return switch (answer.getKind()) {
            case REFUSED -> new Result.Refused(refusal(answer.getFailure()));
            case DONE -> new Result.Done();
            case CREATED -> new Result.Created(answer.getMapId());
            case DELETED -> new Result.Deleted(answer.getMapId(), answer.getFlag());
            case TAKEN -> new Result.Taken(ElementCodec.value(answer.getValue()));
            case BATCH -> new Result.Batch(answer.getCount(),
                    answer.hasFailure()
                            ? Optional.of(refusal(answer.getFailure()))
                            : Optional.empty());
            case TXN_DONE -> new Result.TxnDone(answer.getFlag(), answer.getCreatedMapIdsList(),
                    ElementCodec.values(answer.getTakenList()));
            case TXN_REFUSED -> new Result.TxnRefused(answer.getFlag(), answer.getCount(),
                    refusal(answer.getFailure()));
            case FORGOTTEN -> new Result.Forgotten();
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new InvalidMessageException("an answer of an unknown kind");
        };
    }
}
