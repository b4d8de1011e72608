package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.MapChange;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;

/** What one agent is sent: first everything placed on its node, then one difference after another. */
final class FollowStream implements FeedStream {
    private static final Duration MARK_INTERVAL = Duration.ofMillis(200);

    private final States states;
    private final Outbox<FollowResponse> outbox;
    private final NodeView view;
    private final SentDefinitions definitions = SentDefinitions.fromNothing();

    FollowStream(States states, Hello hello, Outbox<FollowResponse> outbox) {
        this.states = states;
        this.outbox = outbox;
        this.view = new NodeView(hello.getNode(), hello.getLabelsMap());
    }

    static Outbox<FollowResponse> outbox(ServerCallStreamObserver<FollowResponse> stream) {
        return new Outbox<>(stream);
    }

    @Override
    public void wake() {
        outbox.wake();
    }

    @Override
    public void run() throws InterruptedException {
        FleetState sent = states.newest();
        boolean open = send(view.advance(sent), sent, true);
        long lastMarkNanos = System.nanoTime();
        FleetState seen = sent;
        while (open && !outbox.isClosed()) {
            FleetState next = states.newest();
            List<MapStep> steps = next.revision() == seen.revision()
                    ? List.of()
                    : view.advance(next);
            seen = next;
            Duration untilMark = untilMark(seen.revision() > sent.revision(), lastMarkNanos);
            if (steps.isEmpty() && untilMark.isPositive()) {
                outbox.awaitNews(untilMark);
                continue;
            }
            open = send(steps, seen, false);
            sent = seen;
            lastMarkNanos = System.nanoTime();
        }
    }

    /** Revisions that do not concern this node are told too, but not each by itself. */
    private static Duration untilMark(boolean isBehind, long lastMarkNanos) {
        Duration interval = isBehind ? MARK_INTERVAL : PROGRESS;
        return interval.minusNanos(System.nanoTime() - lastMarkNanos);
    }

    @Override
    public void fail(Throwable error) {
        outbox.fail(error);
    }

    private boolean send(List<MapStep> steps, FleetState to, boolean snapshot)
            throws InterruptedException {
        Chunks chunks = new Chunks(steps, definitions, CHUNK_BYTES);
        boolean more = true;
        while (more) {
            List<MapChange> changes = chunks.hasNext() ? chunks.next() : List.of();
            more = chunks.hasNext();
            FollowResponse message = FollowResponse.newBuilder()
                    .setHeader(states.header(to.revision()))
                    .setSnapshot(snapshot)
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
