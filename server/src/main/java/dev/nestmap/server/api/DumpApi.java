package dev.nestmap.server.api;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.proto.v1.DumpRequest;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.ReadOptions;
import dev.nestmap.server.feed.DumpStart;
import dev.nestmap.server.feed.Feed;
import dev.nestmap.server.feed.ResumeToken;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Finds the version of a map that a dump is to be of, or to go on with. */
final class DumpApi {
    private static final int INDEX_BYTES = 4;

    private final Replies replies;
    private final Feed feed;

    DumpApi(Replies replies, Feed feed) {
        this.replies = replies;
        this.feed = feed;
    }

    void dump(DumpRequest request, ServerCallStreamObserver<DumpResponse> observer) {
        Feed.Dumper dumper = feed.dumper(observer);
        var _ = start(request).whenComplete((start, error) -> {
            try {
                if (error != null) {
                    throw Replies.error(error);
                }
                dumper.begin(start, Headers.ofMap(replies.header(start.revision()), start.map()));
            } catch (RuntimeException e) {
                dumper.fail(Replies.error(e));
            }
        });
    }

    private CompletableFuture<DumpStart> start(DumpRequest request) {
        if (request.getResume().isEmpty()) {
            return replies.state(request.getRead())
                    .thenApply(state -> new DumpStart(named(state, request), state.revision(),
                            Optional.empty()));
        }
        Optional<ResumeToken> token = ResumeToken.parse(ElementCodec.bytes(request.getResume()));
        return token.isPresent()
                ? resume(request, token.get())
                : CompletableFuture.failedFuture(invalid());
    }

    private CompletableFuture<DumpStart> resume(DumpRequest request, ResumeToken token) {
        ReadOptions same = ReadOptions.newBuilder().setExactRevision(token.revision()).build();
        CompletableFuture<FleetState> state = replies.state(same);
        if (request.getOrNewest()) {
            state = state.exceptionallyCompose(gone -> ErrorCodec.storeError(Replies.error(gone))
                    .filter(StoreError.REVISION_GONE::equals)
                    .map(_ -> replies.state(ReadOptions.getDefaultInstance()))
                    .orElseGet(() -> CompletableFuture.failedFuture(gone)));
        }
        return state.thenApply(found -> {
            MapState map = Replies
                    .valueOrError(Reads.map(found, new MapRef.ById(token.mapId())));
            if (request.hasMap() && named(found, request).id() != map.id()) {
                throw invalid();
            }
            if (MapRules.isDense(map.spec().type())
                    && token.behind().isPresent()
                    && token.behind().get().size() != INDEX_BYTES) {
                throw invalid();
            }
            return new DumpStart(map, found.revision(), token.behind());
        });
    }

    private static MapState named(FleetState state, DumpRequest request) {
        try {
            return Replies.valueOrError(Reads.map(state, MapRefCodec.ref(request.getMap())));
        } catch (InvalidMessageException e) {
            throw ErrorCodec.error(e.refusal());
        }
    }

    private static StatusRuntimeException invalid() {
        return ErrorCodec.error(StoreError.INVALID_REQUEST,
                "dump: resume is not from a dump of this map; send DumpResponse.resume as it came");
    }
}
