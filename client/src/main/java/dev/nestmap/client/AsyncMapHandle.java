package dev.nestmap.client;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.GetNextKeyRequest;
import dev.nestmap.proto.v1.GetRequest;
import dev.nestmap.proto.v1.LookupBatchRequest;
import dev.nestmap.proto.v1.LookupRequest;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.Write;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The verbs of bpf(2) on one map. Every future ends with {@link NestmapException} where the call fails; cancelling it
 * ends the attempts. Futures complete on a thread of the connection: do not block in what hangs on them.
 */
public final class AsyncMapHandle {
    private final Calls calls;
    private final MapRef ref;
    private final Consistency consistency;

    AsyncMapHandle(Calls calls, MapRef ref, Consistency consistency) {
        this.calls = calls;
        this.ref = ref;
        this.consistency = consistency;
    }

    /** What this handle names. */
    public MapRef ref() {
        return ref;
    }

    /** The same map, read with another consistency. */
    public AsyncMapHandle reading(Consistency other) {
        return new AsyncMapHandle(calls, ref, other);
    }

    /** Reads by blocking: there is no other way to take elements as fast as they are wanted. */
    Dump dump(Dump.WhenGone whenGone) {
        return calls.dump(ref, consistency, whenGone);
    }

    /** Definition and state; ENOENT. */
    public CompletableFuture<Answer<MapDescription>> describe() {
        GetRequest request = GetRequest.newBuilder()
                .setMap(MapRefCodec.ref(ref))
                .setRead(Calls.read(consistency))
                .build();
        return calls.read(MapServiceGrpc.getGetMethod(), request, () -> "show " + ref,
                r -> Decode.answer(r.getHeader(), Decode.map(r.getMap())));
    }

    /** Unlinks the name; ENOENT. The map lives on while slots hold it. */
    public CompletableFuture<Answer<Deleted>> delete() {
        Command command = new Command.Delete(ref);
        return calls.write(command, MapServiceGrpc.getDeleteMethod(), Write::getDelete,
                () -> "delete " + ref,
                r -> Decode.answer(r.getHeader(), new Deleted(r.getStillReferenced())));
    }

    /** Refuses every later change of elements; ENOENT, EPERM where it is frozen already. */
    public CompletableFuture<Answer<Result.Done>> freeze() {
        Command command = new Command.Freeze(ref);
        return calls.write(command, MapServiceGrpc.getFreezeMethod(), Write::getFreeze,
                () -> "freeze " + ref,
                r -> Decode.done(r.getHeader()));
    }

    /**
     * Wants the map on other nodes; it keeps its id and its elements. ENOENT; EINVAL for a selector that is none,
     * and where a map that nodes want for its own sake is to follow outer maps only, or the other way round.
     */
    public CompletableFuture<Answer<Result.Done>> place(Placement placement) {
        Command command = new Command.Place(ref, placement);
        return calls.write(command, MapServiceGrpc.getPlaceMethod(), Write::getPlace,
                () -> "place " + ref,
                r -> Decode.done(r.getHeader()));
    }

    /** The value under a key; ENOENT where there is none. Of a QUEUE or STACK, with an empty key, the next to be taken. */
    public CompletableFuture<Answer<Value>> lookup(Bytes key) {
        return lookup(LookupRequest.newBuilder().setKey(ElementCodec.bytes(key)));
    }

    /** Whether a BLOOM_FILTER has a value: ENOENT where it was not added. */
    public CompletableFuture<Answer<Value>> lookupValue(Bytes value) {
        return lookup(LookupRequest.newBuilder().setValue(ElementCodec.bytes(value)));
    }

    private CompletableFuture<Answer<Value>> lookup(LookupRequest.Builder question) {
        LookupRequest request = question.setMap(MapRefCodec.ref(ref))
                .setRead(Calls.read(consistency))
                .build();
        return calls.read(MapServiceGrpc.getLookupMethod(), request, () -> "lookup " + ref,
                r -> Decode.answer(r.getHeader(), ElementCodec.value(r.getValue())));
    }

    /**
     * The same where absence is an answer like any other, whose revision is known: ENOENT only where there is no such map.
     */
    public CompletableFuture<Answer<Found>> find(Bytes key) {
        LookupRequest request = LookupRequest.newBuilder()
                .setMap(MapRefCodec.ref(ref))
                .setKey(ElementCodec.bytes(key))
                .setRead(Calls.read(consistency))
                .build();
        CompletableFuture<Answer<Found>> call = calls.read(MapServiceGrpc.getLookupMethod(),
                request, () -> "lookup " + ref, r -> Decode.answer(r.getHeader(),
                        Found.of(r.getHeader(), ElementCodec.value(r.getValue()))));
        CompletableFuture<Answer<Found>> found = call.exceptionallyCompose(Found::orAbsent);
        var _ = found.whenComplete((answer, error) -> {
            if (found.isCancelled()) {
                call.cancel(true);
            }
        });
        return found;
    }

    /**
     * Writes an element.
     *
     * @param flags of {@link dev.nestmap.model.map.UpdateFlags}
     */
    public CompletableFuture<Answer<Result.Done>> update(Bytes key, Value value, long flags) {
        Command command = new Command.Update(ref, key, value, flags);
        return calls.write(command, MapServiceGrpc.getUpdateMethod(), Write::getUpdate,
                () -> "update " + ref,
                r -> Decode.done(r.getHeader()));
    }

    /** Deletes an element; ENOENT where there is none. */
    public CompletableFuture<Answer<Result.Done>> deleteElem(Bytes key) {
        Command command = new Command.DeleteElem(ref, key);
        return calls.write(command, MapServiceGrpc.getDeleteElemMethod(), Write::getDeleteElem,
                () -> "delete from " + ref,
                r -> Decode.done(r.getHeader()));
    }

    /** Reads and deletes an element; ENOENT where there is none. */
    public CompletableFuture<Answer<Value>> lookupAndDelete(Bytes key) {
        Command command = new Command.LookupAndDelete(ref, key, 0);
        return calls.write(command, MapServiceGrpc.getLookupAndDeleteMethod(),
                Write::getLookupAndDelete,
                () -> "lookup and delete from " + ref,
                r -> Decode.answer(r.getHeader(), ElementCodec.value(r.getValue())));
    }

    /** The key behind another, the first where none is given; ENOENT behind the last. */
    public CompletableFuture<Answer<Bytes>> nextKey(Optional<Bytes> key) {
        var request = GetNextKeyRequest.newBuilder()
                .setMap(MapRefCodec.ref(ref))
                .setRead(Calls.read(consistency));
        key.ifPresent(previous -> request.setKey(ElementCodec.bytes(previous)));
        return calls.read(MapServiceGrpc.getGetNextKeyMethod(), request.build(),
                () -> "getnext " + ref,
                r -> Decode.answer(r.getHeader(), ElementCodec.bytes(r.getNextKey())));
    }

    /**
     * Writes elements in one revision, in order, up to the first refusal. What was done before a refusal stays: look
     * at {@link Result.Batch#failure}.
     */
    public CompletableFuture<Answer<Result.Batch>> updateBatch(List<Element> elements) {
        Command command = new Command.UpdateBatch(ref, elements, 0);
        return calls.write(command, MapServiceGrpc.getUpdateBatchMethod(), Write::getUpdateBatch,
                () -> "update %d elements of %s".formatted(elements.size(), ref),
                r -> Decode.answer(r.getHeader(), Decode.batch(r)));
    }

    /** Deletes keys in one revision, in order, up to the first refusal: look at {@link Result.Batch#failure}. */
    public CompletableFuture<Answer<Result.Batch>> deleteBatch(List<Bytes> keys) {
        Command command = new Command.DeleteBatch(ref, keys, 0);
        return calls.write(command, MapServiceGrpc.getDeleteBatchMethod(), Write::getDeleteBatch,
                () -> "delete %d elements of %s".formatted(keys.size(), ref),
                r -> Decode.answer(r.getHeader(), Decode.batch(r)));
    }

    /**
     * One page of elements. Each page sees a revision of its own, unless the handle reads {@link Consistency#exactly} one.
     *
     * @param inBatch {@link ElementPage#outBatch} of the page before; empty: from the start
     * @param count at most so many; the server cuts pages at 1 MiB too
     */
    public CompletableFuture<Answer<ElementPage>> lookupBatch(Bytes inBatch, int count) {
        LookupBatchRequest request = LookupBatchRequest.newBuilder()
                .setMap(MapRefCodec.ref(ref))
                .setInBatch(ElementCodec.bytes(inBatch))
                .setCount(count)
                .setRead(Calls.read(consistency))
                .build();
        return calls.read(MapServiceGrpc.getLookupBatchMethod(), request, () -> "dump " + ref,
                r -> Decode.answer(r.getHeader(), Decode.page(r)));
    }
}
