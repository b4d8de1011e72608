package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.WatchResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One watch: a message for each revision while its versions are held, one merged message where they are not any more. */
final class WatchStream implements FeedStream {
    /** Who reads a little of a large difference now and then makes the server hold a version all the same. */
    private static final Duration VERSION_PATIENCE = Duration.ofHours(1);
    /** A mark is sent when so long nothing was: below the five seconds that are promised. */
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(4);
    /** The same while there are revisions that do not concern this watch. */
    private static final Duration BEHIND_INTERVAL = Duration.ofMillis(500);

    private final States states;
    private final Watched watched;
    private final Outbox<WatchResponse> outbox;
    private final Duration versionPatience;
    private final ProgressMarks marks;
    private final Runnable markAnswered;
    private final WatchView fromNothing;
    // The following are owned by the thread of the stream.
    /** Everything up to it that is watched was sent. */
    private FleetState at = FleetState.EMPTY;
    private WatchView view;
    private SentDefinitions definitions = SentDefinitions.fromNothing();
    /** The revision that the last message named. */
    private long toldRevision;
    private long lastMessageNanos = System.nanoTime();

    WatchStream(States states, Watched watched, Outbox<WatchResponse> outbox, ProgressMarks marks,
            Runnable markAnswered) {
        this(states, watched, outbox, marks, markAnswered, VERSION_PATIENCE);
    }

    /** With another bound on the messages of one step. */
    WatchStream(States states, Watched watched, Outbox<WatchResponse> outbox, ProgressMarks marks,
            Runnable markAnswered, Duration versionPatience) {
        this.versionPatience = versionPatience;
        this.states = states;
        this.watched = watched;
        this.outbox = outbox;
        this.marks = marks;
        this.markAnswered = markAnswered;
        this.fromNothing = new WatchView(FleetState.EMPTY, watched);
        this.view = fromNothing;
    }

    @Override
    public void wake() {
        outbox.wake();
    }

    @Override
    public void fail(Throwable error) {
        outbox.fail(error);
    }

    @Override
    public void run() throws InterruptedException {
        boolean open = begin();
        while (open && !outbox.isClosed()) {
            FleetState next = next();
            if (next.revision() > at.revision()) {
                open = advance(next);
            } else {
                outbox.awaitNews(untilMark());
            }
            open = open && sendMarks();
        }
    }

    /** Comes to the version before the first change wanted, by a snapshot of the newest where that one is not held. */
    private boolean begin() throws InterruptedException {
        long wanted = watched.fromRevision() - 1;
        at = states.newest();
        while (wanted > at.revision()) {
            outbox.awaitNews(untilMark());
            at = states.newest();
            if (outbox.isClosed() || (wanted > at.revision() && !sendMarks())) {
                return false;
            }
        }
        Optional<FleetState> start = wanted == 0
                ? Optional.of(FleetState.EMPTY)
                : states.at(wanted);
        if (wanted >= 0 && start.isPresent()) {
            at = start.get();
            view = new WatchView(at, watched);
            definitions = SentDefinitions.fromRevision();
            return true;
        }
        view = fromNothing;
        return send(view.advance(at), true, false);
    }

    private boolean advance(FleetState next) throws InterruptedException {
        boolean coalesced = next.revision() > at.revision() + 1;
        List<MapStep> steps = view.advance(next);
        at = next;
        return steps.isEmpty() || send(steps, false, coalesced);
    }

    /** The next revision where it is still held, else the newest. */
    private FleetState next() {
        FleetState newest = states.newest();
        if (newest.revision() <= at.revision()) {
            return at;
        }
        return states.at(at.revision() + 1).orElse(newest);
    }

    private Duration untilMark() {
        Duration interval = at.revision() > toldRevision ? BEHIND_INTERVAL : PROGRESS_INTERVAL;
        return interval.minusNanos(System.nanoTime() - lastMessageNanos);
    }

    /** Sends the marks that are due, those asked for and the one that time asks for. */
    private boolean sendMarks() throws InterruptedException {
        for (long nonce : marks.due(at.revision())) {
            if (!send(message().setProgressNonce(nonce))) {
                return false;
            }
            markAnswered.run();
        }
        return untilMark().isPositive() || send(message());
    }

    private boolean send(List<MapStep> steps, boolean snapshot, boolean coalesced)
            throws InterruptedException {
        Chunks chunks = new Chunks(steps, steps.isEmpty() ? KeyRange.ALL : view.keys(),
                watched.previousValues() && !snapshot, definitions, CHUNK_BYTES);
        long startNanos = System.nanoTime();
        boolean more = true;
        while (more) {
            Duration left = versionPatience.minusNanos(System.nanoTime() - startNanos);
            List<MapChange> changes = chunks.hasNext() ? chunks.next() : List.of();
            more = chunks.hasNext();
            if (!send(message().setSnapshot(snapshot)
                    .setCoalesced(coalesced)
                    .setMore(more)
                    .addAllChanges(changes), left.compareTo(PATIENCE) < 0 ? left : PATIENCE)) {
                return false;
            }
        }
        return true;
    }

    private WatchResponse.Builder message() {
        return WatchResponse.newBuilder()
                .setHeader(states.header(at.revision()))
                .setMapId(watched.mapId());
    }

    private boolean send(WatchResponse.Builder message) throws InterruptedException {
        return send(message, PATIENCE);
    }

    private boolean send(WatchResponse.Builder message, Duration patience)
            throws InterruptedException {
        if (!outbox.send(message.build(), patience)) {
            outbox.fail(TOO_SLOW);
            return false;
        }
        toldRevision = at.revision();
        lastMessageNanos = System.nanoTime();
        return true;
    }
}
