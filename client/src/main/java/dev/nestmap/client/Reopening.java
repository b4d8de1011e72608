package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Decides what follows the end of a stream: an error for the caller, or another attempt, at whom and when. Belongs to one
 * stream and the thread that reads it.
 */
final class Reopening {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final LeaderConnections connections;
    private final Duration patience;
    private final Supplier<String> doing;
    private final FirstContact firstContact;
    private final Pace pace = new Pace(FIRST_PAUSE, LONGEST_PAUSE, new Random());
    /** Since when nothing was heard; empty while the stream is well. */
    private Optional<Long> outageNanos = Optional.empty();
    private long reopenNanos = System.nanoTime();

    /**
     * Nothing was opened yet.
     *
     * @param patience how long attempts go on without hearing from any member
     * @param doing what is being done: the beginning of every message about it
     */
    Reopening(LeaderConnections connections, Duration firstPatience, Duration patience,
            Supplier<String> doing) {
        this.connections = connections;
        this.patience = patience;
        this.doing = doing;
        this.firstContact = new FirstContact(connections, firstPatience);
    }

    /** How long to wait before {@link #next}. */
    long pauseNanos() {
        return reopenNanos - System.nanoTime();
    }

    /** Whom to ask; {@link Kind#CLOSED} where the client is closed. */
    Connection next() {
        return connections.presumedLeader();
    }

    /** A message came. */
    void heard(Connection from, Origin origin) {
        outageNanos = Optional.empty();
        pace.reset();
        connections.answered(from, origin);
    }

    /** A stream ended; gives the error to throw, or nothing where it is to be opened again. */
    Optional<NestmapException> ended(ServerStream<?, ?> from, Throwable error) {
        return switch (Verdict.of(error, SentProbe.Progress.SENT)) {
            case Verdict.Refused(var refusal) ->
                Optional.of(NestmapException.refused(refusal, error));
            case Verdict.Final(Kind kind, boolean _, String reason) -> Optional.of(failure(kind,
                    "%s (from %s)".formatted(reason, from.connection().target()), error));
            case Verdict.Again again -> again(from, again, error);
        };
    }

    NestmapException failure(Kind kind, String reason, Throwable cause) {
        return new NestmapException(kind, doing.get() + ": " + reason, cause);
    }

    private Optional<NestmapException> again(ServerStream<?, ?> from, Verdict.Again again,
            Throwable error) {
        long now = System.nanoTime();
        long since = outageNanos.orElse(now);
        outageNanos = Optional.of(since);
        String target = from.connection().target();
        if (firstContact.failed(target, from.reached(again))) {
            return Optional.of(failure(Kind.UNAVAILABLE, firstContact.sentence(again.reason()),
                    error));
        }
        if (now - since > patience.toNanos()) {
            return Optional.of(failure(Kind.UNAVAILABLE,
                    "nothing heard for %d ms; the last attempt, at %s: %s"
                            .formatted(patience.toMillis(), target, again.reason()),
                    error));
        }
        try {
            pace.asked(target);
            Connection turned = connections.failed(from.connection(), error);
            reopenNanos = now + pace.before(turned.target(), again.after()).toNanos();
            return Optional.empty();
        } catch (NestmapException clientIsClosed) {
            return Optional.of(clientIsClosed);
        }
    }
}
