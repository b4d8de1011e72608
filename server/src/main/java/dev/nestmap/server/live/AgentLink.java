package dev.nestmap.server.live;

import dev.nestmap.model.Bytes;
import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.LiveAsk;
import dev.nestmap.proto.v1.LiveCancel;
import dev.nestmap.proto.v1.LiveMore;
import dev.nestmap.proto.v1.ServeResponse;
import dev.nestmap.server.feed.Outbox;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The stream on which one agent answers. Any number of threads may ask; {@link #answered} is called by one at a time. */
public final class AgentLink {
    /** Each read holds a file descriptor and a page at the agent. */
    static final int READS_AT_ONCE = 4;
    /** For a few bytes; an agent that takes none for so long is stuck. */
    private static final Duration SEND_PATIENCE = Duration.ofSeconds(5);

    private final Bytes incarnation;
    private final Outbox<ServeResponse> outbox;
    private final Semaphore places = new Semaphore(READS_AT_ONCE, true);
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Conversation> open = new ConcurrentHashMap<>();
    private volatile boolean ended;

    /** Of one run of an agent. */
    public AgentLink(Bytes incarnation, Outbox<ServeResponse> outbox) {
        this.incarnation = incarnation;
        this.outbox = outbox;
    }

    Bytes incarnation() {
        return incarnation;
    }

    /** Begins a read once one of a bounded number of places is free; empty where none became so. The caller closes it. */
    Optional<Conversation> ask(LiveAsk question, Duration patience) throws InterruptedException {
        if (!places.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        Conversation begun = new Conversation(this, lastId.incrementAndGet());
        open.put(begun.id(), begun);
        if (ended || !send(ServeResponse.newBuilder().setId(begun.id()).setAsk(question))) {
            begun.agentIsGone();
        }
        return Optional.of(begun);
    }

    void more(long id) throws InterruptedException {
        boolean _ = send(ServeResponse.newBuilder()
                .setId(id)
                .setMore(LiveMore.getDefaultInstance()));
    }

    /** Nobody waits any more; the agent is told unless it has said its last word. */
    void leave(long id, boolean finished) {
        if (open.remove(id) == null) {
            return;
        }
        places.release();
        if (finished || ended) {
            return;
        }
        try {
            boolean _ = send(ServeResponse.newBuilder()
                    .setId(id)
                    .setCancel(LiveCancel.getDefaultInstance()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean send(ServeResponse.Builder message) throws InterruptedException {
        return outbox.send(message.build(), SEND_PATIENCE);
    }

    /** The agent answered; what nobody waits for goes nowhere. */
    public void answered(LiveAnswer answer) {
        Conversation asked = open.get(answer.getId());
        if (asked != null) {
            asked.answered(answer);
        }
    }

    /** The stream is over: nothing more comes. */
    public void end() {
        ended = true;
        open.values().forEach(Conversation::agentIsGone);
    }

    /** Ends the stream from this side. */
    void end(Throwable why) {
        outbox.fail(why);
        end();
    }
}
