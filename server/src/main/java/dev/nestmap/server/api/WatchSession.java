package dev.nestmap.server.api;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.server.feed.AskedKeys;
import dev.nestmap.server.feed.Watched;
import dev.nestmap.server.feed.Watcher;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** The receiving side of one watch; called by one thread at a time. */
final class WatchSession implements StreamObserver<WatchRequest> {
    private final Replies replies;
    private final Watcher watcher;
    // Owned by the thread that receives.
    private boolean begun;
    private boolean refused;

    WatchSession(Replies replies, Watcher watcher) {
        this.replies = replies;
        this.watcher = watcher;
    }

    @Override
    public void onNext(WatchRequest request) {
        if (refused) {
            return;
        }
        try {
            if (begun) {
                progress(request);
            } else {
                begun = true;
                begin(request);
            }
        } catch (RuntimeException e) {
            refused = true;
            watcher.fail(Replies.error(e));
        }
    }

    @Override
    public void onError(Throwable error) {
        // the stream is cancelled, which its sender sees
    }

    @Override
    public void onCompleted() {
        if (!begun) {
            watcher.fail(invalid("the stream ended without a request that says what to watch"));
        }
    }

    private void begin(WatchRequest request) {
        boolean isRange = !request.getKeyFrom().isEmpty() || !request.getKeyTo().isEmpty();
        if (request.getFromRevision() < 0) {
            throw invalid("from_revision %s is above every revision"
                    .formatted(Long.toUnsignedString(request.getFromRevision())));
        }
        if (request.hasMap() && request.getMapId() != 0) {
            throw invalid("map and map_id are both set; give one");
        }
        if (isRange && !request.hasMap() && request.getMapId() == 0) {
            throw invalid("key_from and key_to need a map: set map or map_id");
        }
        FleetState here = replies.here();
        if (request.hasMap() || here.lastMapIdIsBelow(request.getMapId())) {
            var _ = replies.confirmed().whenComplete((state, error) -> {
                try {
                    if (error != null) {
                        throw Replies.error(error);
                    }
                    begin(request, state);
                } catch (RuntimeException e) {
                    watcher.fail(Replies.error(e));
                }
            });
        } else {
            begin(request, here);
        }
    }

    /** In a state that is new enough to know the map. */
    private void begin(WatchRequest request, FleetState state) {
        long mapId = request.hasMap() ? named(state, request) : request.getMapId();
        if (state.lastMapIdIsBelow(mapId)) {
            throw ErrorCodec.error(new Refusal(Errno.ENOENT,
                    "watch map %s: there is no such map, the highest id given out is %d"
                            .formatted(Long.toUnsignedString(mapId), state.lastMapId())));
        }
        AskedKeys keys = new AskedKeys(ElementCodec.bytes(request.getKeyFrom()),
                ElementCodec.bytes(request.getKeyTo()));
        Optional.ofNullable(state.map(mapId))
                .or(() -> replies.held(request.getFromRevision() - 1)
                        .flatMap(from -> Optional.ofNullable(from.map(mapId))))
                .ifPresent(map -> check(request, keys, map));
        start(request, mapId, keys);
    }

    /** What the stream would find out when it meets the map; by then the caller may have waited long. */
    private static void check(WatchRequest request, AskedKeys keys, MapState map) {
        var _ = keys.in(map.spec());
        if (!request.getNamespace().isEmpty()
                && !request.getNamespace().equals(map.spec().namespace())) {
            throw invalid(
                    "map id %d is %s, and namespace says \"%s\", so nothing would be shown; leave namespace out"
                            .formatted(map.id(), map.spec().ref(), request.getNamespace()));
        }
    }

    private void start(WatchRequest request, long mapId, AskedKeys keys) {
        if (request.getProgressNonce() != 0) {
            watcher.ask(request.getProgressNonce());
        }
        watcher.begin(new Watched(request.getNamespace(), mapId, keys, request.getFromRevision(),
                request.getPreviousValues()));
    }

    private void progress(WatchRequest request) {
        if (!request.toBuilder()
                .clearProgressNonce()
                .build()
                .equals(WatchRequest.getDefaultInstance())) {
            throw invalid(
                    "what to watch was said already; later requests may set nothing but progress_nonce");
        }
        if (request.getProgressNonce() == 0) {
            throw invalid("a request for progress needs a progress_nonce other than 0");
        }
        watcher.ask(request.getProgressNonce());
    }

    private static long named(FleetState state, WatchRequest request) {
        try {
            return Replies.valueOrError(Reads.map(state, MapRefCodec.ref(request.getMap()))).id();
        } catch (InvalidMessageException e) {
            throw ErrorCodec.error(e.refusal());
        }
    }

    private static StatusRuntimeException invalid(String what) {
        return ErrorCodec.error(StoreError.INVALID_REQUEST, "watch: " + what);
    }
}
