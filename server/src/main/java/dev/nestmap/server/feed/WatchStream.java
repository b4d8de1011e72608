package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One watch: a message for each revision while its versions are held, one merged message where they are not any more. */
final class WatchStream implements FeedStream {
    private final Roots roots;
    private final Outbox<WatchResponse> outbox;
    private final Predicate<MapState> picked;
    private final long fromRevision;

    WatchStream(Roots roots, WatchRequest request, ServerCallStreamObserver<WatchResponse> stream) {
        this.roots = roots;
        this.outbox = new Outbox<>(stream);
        this.fromRevision = request.getFromRevision();
        String namespace = request.getNamespace();
        long mapId = request.getMapId();
        this.picked = map -> (mapId == 0 || map.id() == mapId)
                && (namespace.isEmpty() || map.spec().namespace().equals(namespace));
    }

    @Override
    public void wake() {
        outbox.wake();
    }

    @Override
    public void run() throws InterruptedException {
        FleetState at = awaitStart();
        WatchView view = new WatchView(at, picked);
        if (at.revision() < fromRevision - 1 || fromRevision == 0) {
            FleetState newest = roots.newest();
            at = send(new WatchView(FleetState.EMPTY, picked).advance(newest), newest, true, false)
                    ? newest
                    : null;
            view = new WatchView(newest, picked);
        }
        while (at != null && !outbox.isClosed()) {
            FleetState next = next(at);
            if (next.revision() == at.revision()) {
                outbox.awaitNews(PROGRESS);
                next = next(at);
            }
            boolean coalesced = next.revision() > at.revision() + 1;
            at = send(view.advance(next), next, false, coalesced) ? next : null;
        }
    }

    @Override
    public void fail(Throwable error) {
        outbox.fail(error);
    }

    /** The version before the first change wanted; the empty one where that is not held. */
    private FleetState awaitStart() throws InterruptedException {
        while (fromRevision - 1 > roots.newest().revision() && !outbox.isClosed()) {
            outbox.awaitNews(PROGRESS);
            send(List.of(), roots.newest(), false, false);
        }
        return fromRevision <= 1
                ? FleetState.EMPTY
                : roots.at(fromRevision - 1).orElse(FleetState.EMPTY);
    }

    /** The next revision where it is still held, else the newest. */
    private FleetState next(FleetState at) {
        FleetState newest = roots.newest();
        if (newest.revision() <= at.revision()) {
            return at;
        }
        Optional<FleetState> following = roots.at(at.revision() + 1);
        return following.orElse(newest);
    }

    private boolean send(List<MapStep> steps, FleetState to, boolean snapshot, boolean coalesced)
            throws InterruptedException {
        Chunks chunks = new Chunks(steps, CHUNK_BYTES);
        boolean more = true;
        while (more) {
            List<MapChange> changes = chunks.hasNext() ? chunks.next() : List.of();
            more = chunks.hasNext();
            WatchResponse message = WatchResponse.newBuilder()
                    .setHeader(roots.header(to.revision()))
                    .setSnapshot(snapshot)
                    .setCoalesced(coalesced)
                    .setMore(more)
                    .addAllChanges(changes)
                    .build();
            if (!outbox.send(message, PATIENCE)) {
                outbox.fail(TOO_SLOW);
                return false;
            }
        }
        return true;
    }
}
