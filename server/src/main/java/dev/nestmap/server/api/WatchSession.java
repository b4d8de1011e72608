package dev.nestmap.server.api;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.server.feed.KeyRange;
import dev.nestmap.server.feed.Watched;
import dev.nestmap.server.feed.Watcher;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
        } catch (StatusRuntimeException e) {
            refused = true;
            watcher.fail(e);
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
        if (!request.hasMap() && !isRange) {
            start(request, request.getMapId(), KeyRange.ALL);
            return;
        }
        var _ = replies.confirmed().whenComplete((state, error) -> {
            try {
                if (error != null) {
                    throw Replies.error(error);
                }
                long mapId = request.hasMap() ? named(state, request) : request.getMapId();
                start(request, mapId, isRange ? keys(state, mapId, request) : KeyRange.ALL);
            } catch (StatusRuntimeException e) {
                watcher.fail(e);
            }
        });
    }

    private void start(WatchRequest request, long mapId, KeyRange keys) {
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

    private KeyRange keys(FleetState state, long mapId, WatchRequest request) {
        Optional<MapState> map = Optional.ofNullable(state.map(mapId))
                .or(() -> replies.held(request.getFromRevision() - 1)
                        .flatMap(start -> Optional.ofNullable(start.map(mapId))));
        if (map.isEmpty() && Long.compareUnsigned(mapId, state.lastMapId()) > 0) {
            throw refusal(Errno.ENOENT, "watch map %s: there is no such map"
                    .formatted(Long.toUnsignedString(mapId)));
        }
        // of a map that is gone, and gone from every state that could be shown, there is nothing to leave out
        return map.map(found -> keys(found.spec(), request)).orElse(KeyRange.ALL);
    }

    private static KeyRange keys(MapSpec spec, WatchRequest request) {
        Bytes from = stored(spec, "key_from", ElementCodec.bytes(request.getKeyFrom()));
        Bytes to = stored(spec, "key_to", ElementCodec.bytes(request.getKeyTo()));
        if (from != null && to != null && from.compareTo(to) >= 0) {
            throw refusal(Errno.EINVAL,
                    "watch %s: key_from %s is not below key_to %s, so no key is between them"
                            .formatted(spec.ref(), ElementCodec.bytes(request.getKeyFrom()),
                                    ElementCodec.bytes(request.getKeyTo())));
        }
        return new KeyRange(from, to);
    }

    private static @Nullable Bytes stored(MapSpec spec, String field, Bytes key) {
        if (key.size() == 0) {
            return null;
        }
        if (key.size() != spec.keySize()) {
            throw refusal(Errno.EINVAL, "watch %s: %s is %d bytes, the map has key_size %d"
                    .formatted(spec.ref(), field, key.size(), spec.keySize()));
        }
        return StoredElements.storedKey(spec, key);
    }

    private static StatusRuntimeException refusal(Errno errno, String rule) {
        return ErrorCodec.error(new Refusal(errno, rule));
    }

    private static StatusRuntimeException invalid(String what) {
        return ErrorCodec.error(StoreError.INVALID_REQUEST, "watch: " + what);
    }
}
