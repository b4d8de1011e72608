package dev.nestmap.server.api;

import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.MapInfoCodec;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.proto.v1.BatchResponse;
import dev.nestmap.proto.v1.CreateRequest;
import dev.nestmap.proto.v1.CreateResponse;
import dev.nestmap.proto.v1.DeleteBatchRequest;
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
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.PlaceRequest;
import dev.nestmap.proto.v1.PlaceResponse;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.TxnResponse;
import dev.nestmap.proto.v1.UpdateBatchRequest;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.UpdateResponse;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import dev.nestmap.proto.v1.Write;
import dev.nestmap.server.feed.Feed;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;

/** nestmap.v1.MapService. */
final class MapApi extends MapServiceGrpc.MapServiceImplBase {
    private static final int LIST_PAGE = 1000;
    /** Definitions with large BTF must not make a page that no client takes. */
    private static final int LIST_PAGE_BYTES = 1 << 20;
    private static final int BATCH_PAGE_BYTES = 1 << 20;

    private final Replies replies;
    private final Feed feed;
    private final DumpApi dumps;
    private final TransactionApi transactions;

    MapApi(Replies replies, Feed feed) {
        this.replies = replies;
        this.feed = feed;
        this.dumps = new DumpApi(replies, feed);
        this.transactions = new TransactionApi(replies);
    }

    @Override
    public void create(CreateRequest request, StreamObserver<CreateResponse> observer) {
        replies.write(Write.newBuilder().setCreate(request).build(), observer,
                (header, result, state) -> {
                    if (!(result instanceof Result.Created(long id))) {
                        throw Replies.unexpected(result);
                    }
                    CreateResponse.Builder answer = CreateResponse.newBuilder().setHeader(header);
                    MapState map = state.map(id);
                    if (map == null) { // created by the first sending of this request and deleted since
                        answer.getMapBuilder().setId(id);
                    } else {
                        answer.setMap(MapInfoCodec.info(map));
                    }
                    return answer.build();
                });
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
        replies.write(Write.newBuilder().setDelete(request).build(), observer,
                (header, result, _) -> {
                    if (!(result instanceof Result.Deleted(_, boolean stillReferenced))) {
                        throw Replies.unexpected(result);
                    }
                    return DeleteResponse.newBuilder()
                            .setHeader(header)
                            .setStillReferenced(stillReferenced)
                            .build();
                });
    }

    @Override
    public void freeze(FreezeRequest request, StreamObserver<FreezeResponse> observer) {
        replies.write(Write.newBuilder().setFreeze(request).build(), observer,
                (header, result,
                        _) -> FreezeResponse.newBuilder().setHeader(done(header, result)).build());
    }

    @Override
    public void place(PlaceRequest request, StreamObserver<PlaceResponse> observer) {
        replies.write(Write.newBuilder().setPlace(request).build(), observer,
                (header, result,
                        _) -> PlaceResponse.newBuilder().setHeader(done(header, result)).build());
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateResponse> observer) {
        replies.write(Write.newBuilder().setUpdate(request).build(), observer,
                (header, result,
                        _) -> UpdateResponse.newBuilder().setHeader(done(header, result)).build());
    }

    @Override
    public void deleteElem(DeleteElemRequest request, StreamObserver<DeleteElemResponse> observer) {
        replies.write(Write.newBuilder().setDeleteElem(request).build(), observer,
                (header, result, _) -> DeleteElemResponse.newBuilder()
                        .setHeader(done(header, result))
                        .build());
    }

    @Override
    public void lookupAndDelete(LookupAndDeleteRequest request,
            StreamObserver<LookupAndDeleteResponse> observer) {
        replies.write(Write.newBuilder().setLookupAndDelete(request).build(), observer,
                (header, result, _) -> {
                    if (!(result instanceof Result.Taken(Value value))) {
                        throw Replies.unexpected(result);
                    }
                    return LookupAndDeleteResponse.newBuilder()
                            .setHeader(header)
                            .setValue(ElementCodec.value(value))
                            .build();
                });
    }

    @Override
    public void updateBatch(UpdateBatchRequest request, StreamObserver<BatchResponse> observer) {
        TransactionLimits.checkBatch("update", request.getElementsCount())
                .ifPresentOrElse(observer::onError,
                        () -> replies.write(Write.newBuilder().setUpdateBatch(request).build(),
                                observer, (header, result, _) -> batch(header, result)));
    }

    @Override
    public void deleteBatch(DeleteBatchRequest request, StreamObserver<BatchResponse> observer) {
        TransactionLimits.checkBatch("delete", request.getKeysCount())
                .ifPresentOrElse(observer::onError,
                        () -> replies.write(Write.newBuilder().setDeleteBatch(request).build(),
                                observer, (header, result, _) -> batch(header, result)));
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        transactions.txn(request, observer);
    }

    @Override
    public StreamObserver<TxnRequest> txnStream(StreamObserver<TxnResponse> observer) {
        return transactions.stream(observer);
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        replies.read(request.getRead(), observer, (header, state) -> GetResponse.newBuilder()
                .setHeader(header)
                .setMap(
                        MapInfoCodec.info(Replies
                                .valueOrError(Reads.map(state, MapRefCodec.ref(request.getMap())))))
                .build());
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> observer) {
        int pageSize = request.getPageSize() <= 0
                ? LIST_PAGE
                : Math.min(request.getPageSize(), LIST_PAGE);
        replies.read(request.getRead(), observer, (header, state) -> {
            ListResponse.Builder answer = ListResponse.newBuilder().setHeader(header);
            long first = request.getPageAfter() + 1;
            Iterator<Entry<MapState>> maps = first == 0
                    ? Collections.emptyIterator()
                    : state.maps()
                            .iteratorFrom(MapState.key(first));
            int sizeBytes = 0;
            while (maps.hasNext()) {
                MapState map = maps.next().value();
                if (!request.getNamespace().isEmpty()
                        && !map.spec().namespace().equals(request.getNamespace())) {
                    continue;
                }
                if (answer.getMapsCount() == pageSize || sizeBytes > LIST_PAGE_BYTES) {
                    answer.setNextPageAfter(answer.getMaps(answer.getMapsCount() - 1).getId());
                    break;
                }
                MapInfo info = MapInfoCodec.info(map);
                sizeBytes += info.getSerializedSize();
                answer.addMaps(info);
            }
            return answer.build();
        });
    }

    @Override
    public void lookup(LookupRequest request, StreamObserver<LookupResponse> observer) {
        replies.read(request.getRead(), observer, (header, state) -> {
            MapRef map = MapRefCodec.ref(request.getMap());
            Header seen = Headers.ofMap(header, state.find(map));
            Value value = Replies.valueOrError(Reads.lookup(state, map,
                    ElementCodec.bytes(request.getKey()),
                    request.hasValue()
                            ? Optional.of(ElementCodec.bytes(request.getValue()))
                            : Optional.empty(),
                    request.getFlags()), seen);
            return LookupResponse.newBuilder()
                    .setHeader(seen)
                    .setValue(ElementCodec.value(value))
                    .build();
        });
    }

    @Override
    public void getNextKey(GetNextKeyRequest request, StreamObserver<GetNextKeyResponse> observer) {
        Optional<Bytes> key = request.hasKey()
                ? Optional.of(ElementCodec.bytes(request.getKey()))
                : Optional.empty();
        replies.read(request.getRead(), observer,
                (header, state) -> GetNextKeyResponse.newBuilder()
                        .setHeader(header)
                        .setNextKey(ElementCodec
                                .bytes(Replies.valueOrError(Reads.nextKey(state,
                                        MapRefCodec.ref(request.getMap()), key))))
                        .build());
    }

    @Override
    public void lookupBatch(LookupBatchRequest request,
            StreamObserver<LookupBatchResponse> observer) {
        replies.read(request.getRead(), observer, (header, state) -> {
            Reads.Page page = Replies.valueOrError(
                    Reads.lookupBatch(state, MapRefCodec.ref(request.getMap()),
                            ElementCodec.bytes(request.getInBatch()),
                            (int) Math.min(Integer.toUnsignedLong(request.getCount()),
                                    Integer.MAX_VALUE),
                            BATCH_PAGE_BYTES,
                            request.getElemFlags()));
            LookupBatchResponse.Builder answer = LookupBatchResponse.newBuilder()
                    .setHeader(header)
                    .setOutBatch(ElementCodec.bytes(page.outBatch()))
                    .setEnd(page.end());
            page.elements().forEach(element -> answer.addElements(ElementCodec.element(element)));
            return answer.build();
        });
    }

    @Override
    public void dump(DumpRequest request, StreamObserver<DumpResponse> observer) {
        dumps.dump(request, (ServerCallStreamObserver<DumpResponse>) observer);
    }

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
        return new WatchSession(replies, feed.watcher(
                (ServerCallStreamObserver<WatchResponse>) observer, replies::confirmed));
    }

    private static Header done(Header header, Result result) {
        if (!(result instanceof Result.Done)) {
            throw Replies.unexpected(result);
        }
        return header;
    }

    private static BatchResponse batch(Header header, Result result) {
        if (!(result instanceof Result.Batch(int count, Optional<Refusal> failure))) {
            throw Replies.unexpected(result);
        }
        BatchResponse.Builder answer = BatchResponse.newBuilder().setHeader(header).setCount(count);
        failure.ifPresent(refusal -> answer.setFailure(AnswerCodec.failure(refusal)));
        return answer.build();
    }
}
