package dev.nestmap.cli;

import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.client.wire.CommandCodec;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapInfoCodec;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.proto.v1.CreateRequest;
import dev.nestmap.proto.v1.CreateResponse;
import dev.nestmap.proto.v1.DeleteElemRequest;
import dev.nestmap.proto.v1.DeleteElemResponse;
import dev.nestmap.proto.v1.DeleteRequest;
import dev.nestmap.proto.v1.DeleteResponse;
import dev.nestmap.proto.v1.DumpRequest;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.FreezeRequest;
import dev.nestmap.proto.v1.FreezeResponse;
import dev.nestmap.proto.v1.GetNextKeyRequest;
import dev.nestmap.proto.v1.GetNextKeyResponse;
import dev.nestmap.proto.v1.GetRequest;
import dev.nestmap.proto.v1.GetResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.ListRequest;
import dev.nestmap.proto.v1.ListResponse;
import dev.nestmap.proto.v1.LookupAndDeleteRequest;
import dev.nestmap.proto.v1.LookupAndDeleteResponse;
import dev.nestmap.proto.v1.LookupBatchRequest;
import dev.nestmap.proto.v1.LookupBatchResponse;
import dev.nestmap.proto.v1.LookupRequest;
import dev.nestmap.proto.v1.LookupResponse;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.PlaceRequest;
import dev.nestmap.proto.v1.PlaceResponse;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.TxnResponse;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.UpdateResponse;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import dev.nestmap.proto.v1.Write;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/** A store on loopback that applies commands to the model and forgets all when closed. Guarded by its monitor. */
final class FakeStore extends MapServiceGrpc.MapServiceImplBase implements AutoCloseable {
    private static final long PAGE_BYTES = 1 << 20;

    private final FakeFleet fleet = new FakeFleet(this::header);
    private final Server server;
    private FleetState state = FleetState.EMPTY;
    private int transactions;

    private FakeStore() throws IOException {
        server = NettyServerBuilder
                .forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .addService(fleet.nodes())
                .addService(fleet.cluster())
                .build()
                .start();
    }

    static FakeStore start() throws IOException {
        return new FakeStore();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** Its nodes. */
    FakeFleet fleet() {
        return fleet;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private synchronized Header header() {
        return Header.newBuilder()
                .setClusterId("c1")
                .setMemberId("n1")
                .setTerm(1)
                .setRevision(state.revision())
                .build();
    }

    private synchronized Result apply(Write.Builder write) {
        try {
            Transition transition = Transition.apply(state, CommandCodec.command(write.build()));
            state = transition.state();
            if (transition.result() instanceof Result.Refused(Refusal refusal)) {
                throw ErrorCodec.error(refusal);
            }
            return transition.result();
        } catch (InvalidMessageException e) {
            throw ErrorCodec.error(ErrorCodec.StoreError.INVALID_REQUEST,
                    String.valueOf(e.getMessage()));
        }
    }

    private synchronized FleetState state() {
        return state;
    }

    private synchronized void restore(FleetState before) {
        state = before;
    }

    private interface Work<T> {
        T run() throws InvalidMessageException;
    }

    private static <T> void answer(StreamObserver<T> observer, Work<T> work) {
        try {
            observer.onNext(work.run());
            observer.onCompleted();
        } catch (StatusRuntimeException e) {
            observer.onError(e);
        } catch (InvalidMessageException e) {
            observer.onError(ErrorCodec.error(ErrorCodec.StoreError.INVALID_REQUEST,
                    String.valueOf(e.getMessage())));
        }
    }

    private static <T> T done(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) -> throw ErrorCodec.error(refusal);
        };
    }

    @Override
    public void create(CreateRequest request, StreamObserver<CreateResponse> observer) {
        answer(observer, () -> {
            Result.Created created = (Result.Created) apply(Write.newBuilder().setCreate(request));
            MapState map = Objects.requireNonNull(state().map(created.mapId()));
            return CreateResponse.newBuilder()
                    .setHeader(header())
                    .setMap(MapInfoCodec.info(map))
                    .build();
        });
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
        answer(observer, () -> {
            Result.Deleted deleted = (Result.Deleted) apply(Write.newBuilder().setDelete(request));
            return DeleteResponse.newBuilder()
                    .setHeader(header())
                    .setStillReferenced(deleted.stillReferenced())
                    .build();
        });
    }

    @Override
    public void freeze(FreezeRequest request, StreamObserver<FreezeResponse> observer) {
        answer(observer, () -> {
            apply(Write.newBuilder().setFreeze(request));
            return FreezeResponse.newBuilder().setHeader(header()).build();
        });
    }

    @Override
    public void place(PlaceRequest request, StreamObserver<PlaceResponse> observer) {
        answer(observer, () -> {
            apply(Write.newBuilder().setPlace(request));
            return PlaceResponse.newBuilder().setHeader(header()).build();
        });
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateResponse> observer) {
        answer(observer, () -> {
            apply(Write.newBuilder().setUpdate(request));
            return UpdateResponse.newBuilder().setHeader(header()).build();
        });
    }

    @Override
    public void deleteElem(DeleteElemRequest request, StreamObserver<DeleteElemResponse> observer) {
        answer(observer, () -> {
            apply(Write.newBuilder().setDeleteElem(request));
            return DeleteElemResponse.newBuilder().setHeader(header()).build();
        });
    }

    @Override
    public void lookupAndDelete(LookupAndDeleteRequest request,
            StreamObserver<LookupAndDeleteResponse> observer) {
        answer(observer, () -> {
            Result result = apply(Write.newBuilder().setLookupAndDelete(request));
            return LookupAndDeleteResponse.newBuilder()
                    .setHeader(header())
                    .setValue(ElementCodec.value(((Result.Taken) result).value()))
                    .build();
        });
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        answer(observer, () -> {
            TxnResponse.Builder answer = TxnResponse.newBuilder();
            FleetState before = state();
            Result result = apply(Write.newBuilder().setTxn(request));
            if (request.getDryRun()) {
                restore(before);
            }
            switch (result) {
                case Result.TxnDone(boolean succeeded, var created, var _) ->
                    answer.setSucceeded(succeeded).addAllCreatedMapIds(created);
                case Result.TxnRefused(boolean succeeded, int position, Refusal refusal) ->
                    answer.setSucceeded(succeeded)
                            .setFailedOperation(position)
                            .setFailure(AnswerCodec.failure(refusal));
                case Result other -> throw new AssertionError(other);
            }
            transactions += request.getDryRun() ? 0 : 1;
            return answer.setHeader(header()).build();
        });
    }

    /** Transactions so far. */
    synchronized int transactions() {
        return transactions;
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        answer(observer, () -> GetResponse.newBuilder()
                .setHeader(header())
                .setMap(MapInfoCodec
                        .info(done(Reads.map(state(), MapRefCodec.ref(request.getMap())))))
                .build());
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> observer) {
        answer(observer, () -> {
            ListResponse.Builder answer = ListResponse.newBuilder().setHeader(header());
            for (Entry<MapState> entry : state().maps()) {
                MapState map = entry.value();
                if (request.getNamespace().isEmpty()
                        || request.getNamespace().equals(map.spec().namespace())) {
                    answer.addMaps(MapInfoCodec.info(map));
                }
            }
            return answer.build();
        });
    }

    @Override
    public void lookup(LookupRequest request, StreamObserver<LookupResponse> observer) {
        answer(observer, () -> {
            Value value = done(Reads.lookup(state(), MapRefCodec.ref(request.getMap()),
                    ElementCodec.bytes(request.getKey()),
                    request.hasValue()
                            ? Optional.of(ElementCodec.bytes(request.getValue()))
                            : Optional.empty(),
                    request.getFlags()));
            return LookupResponse.newBuilder()
                    .setHeader(header())
                    .setValue(ElementCodec.value(value))
                    .build();
        });
    }

    @Override
    public void getNextKey(GetNextKeyRequest request, StreamObserver<GetNextKeyResponse> observer) {
        answer(observer, () -> {
            Bytes next = done(Reads.nextKey(state(), MapRefCodec.ref(request.getMap()),
                    request.hasKey()
                            ? Optional.of(ElementCodec.bytes(request.getKey()))
                            : Optional.empty()));
            return GetNextKeyResponse.newBuilder()
                    .setHeader(header())
                    .setNextKey(ElementCodec.bytes(next))
                    .build();
        });
    }

    @Override
    public void lookupBatch(LookupBatchRequest request,
            StreamObserver<LookupBatchResponse> observer) {
        answer(observer, () -> {
            Reads.Page page = done(Reads.lookupBatch(state(), MapRefCodec.ref(request.getMap()),
                    ElementCodec.bytes(request.getInBatch()), request.getCount(), PAGE_BYTES,
                    request.getElemFlags()));
            LookupBatchResponse.Builder answer = LookupBatchResponse.newBuilder()
                    .setHeader(header())
                    .setOutBatch(ElementCodec.bytes(page.outBatch()))
                    .setEnd(page.end());
            page.elements().forEach(element -> answer.addElements(ElementCodec.element(element)));
            return answer.build();
        });
    }

    @Override
    public void dump(DumpRequest request, StreamObserver<DumpResponse> observer) {
        answer(observer, () -> {
            MapState map = done(Reads.map(state(), MapRefCodec.ref(request.getMap())));
            Reads.Slice slice = Reads.slice(map, Optional.empty(), Long.MAX_VALUE);
            DumpResponse.Builder answer = DumpResponse.newBuilder()
                    .setHeader(header())
                    .setInfo(MapInfoCodec.info(map))
                    .setEnd(slice.end());
            slice.elements().forEach(element -> answer.addElements(ElementCodec.element(element)));
            return answer.build();
        });
    }

    /** The snapshot of one map or of a namespace; nothing ever follows it. */
    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(WatchRequest request) {
                // A mark for who asks for one, and nothing at all for who waits for what comes.
                if (request.getProgressNonce() != 0) {
                    observer.onNext(WatchResponse.newBuilder()
                            .setHeader(header())
                            .setProgressNonce(request.getProgressNonce())
                            .build());
                } else if (request.getFromRevision() == 0) {
                    observer.onNext(snapshot(request));
                }
            }

            @Override
            public void onError(Throwable error) {
                // the watcher went away
            }

            @Override
            public void onCompleted() {
                // nothing follows anyway
            }
        };
    }

    private WatchResponse snapshot(WatchRequest request) {
        WatchResponse.Builder answer = WatchResponse.newBuilder()
                .setHeader(header())
                .setSnapshot(true)
                .setMapId(request.getMapId());
        for (Entry<MapState> entry : state().maps()) {
            MapState map = entry.value();
            if (request.getMapId() == 0
                    ? request.getNamespace().isEmpty()
                            || request.getNamespace().equals(map.spec().namespace())
                    : request.getMapId() == map.id()) {
                MapChange.Builder change = MapChange.newBuilder()
                        .setMapId(map.id())
                        .setInfo(MapInfoCodec.info(map));
                map.elements()
                        .forEach(element -> change
                                .addSet(ElementCodec.element(element(map, element))));
                answer.addChanges(change);
            }
        }
        return answer.build();
    }

    private static Element element(MapState map, Entry<Bytes> entry) {
        return StoredElements.element(map.spec(), entry.key(), entry.value());
    }
}
