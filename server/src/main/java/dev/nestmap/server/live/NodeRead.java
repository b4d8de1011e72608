package dev.nestmap.server.live;

import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.LiveAsk;
import dev.nestmap.proto.v1.LiveFailure;
import dev.nestmap.proto.v1.ReadLiveResponse;
import dev.nestmap.server.feed.Outbox;
import dev.nestmap.server.nodes.NodeRecord;
import dev.nestmap.server.nodes.NodeRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;

/** The part of one node in a call. What keeps it from answering is said in its name; the others go on. For one thread. */
final class NodeRead {
    /** A client that takes nothing for so long is given up. */
    static final Duration READER_PATIENCE = Duration.ofSeconds(60);
    /** How soon it is seen that the client went away. */
    private static final Duration TURN = Duration.ofMillis(200);

    private final NodeRegistry registry;
    private final AgentLinks links;
    private final Outbox<ReadLiveResponse> outbox;
    private final String node;
    private final long deadlineNanos;
    private boolean answered;

    NodeRead(NodeRegistry registry, AgentLinks links, Outbox<ReadLiveResponse> outbox,
            String node, long deadlineNanos) {
        this.registry = registry;
        this.links = links;
        this.outbox = outbox;
        this.node = node;
        this.deadlineNanos = deadlineNanos;
    }

    static StatusRuntimeException readerTooSlow() {
        return Status.UNAVAILABLE
                .withDescription("nothing was read from this answer for %d s; ask again"
                        .formatted(READER_PATIENCE.toSeconds()))
                .asRuntimeException();
    }

    void run(LiveAsk question) throws InterruptedException {
        Optional<NodeRecord> known = registry.find(node);
        if (known.isEmpty()) {
            failed("no agent of that name follows; see nestmap node list");
            return;
        }
        if (!known.get().connected()) {
            failed("its agent is not connected, last heard of %d s ago"
                    .formatted(registry.silence(known.get()).toSeconds()));
            return;
        }
        Optional<AgentLink> link = link(known.get());
        if (link.isEmpty()) {
            failed(left().isPositive()
                    ? "its agent follows but takes no questions; is it of an older version?"
                    : "it was not its turn before the time was over: give more time, or ask fewer nodes");
            return;
        }
        Optional<Conversation> begun = link.get()
                .ask(question.toBuilder()
                        .setTimeoutMillis(Math.max(1, left().toMillis()))
                        .build(), left());
        if (begun.isEmpty()) {
            failed("%d others read from it, and none came to an end in time: try again later"
                    .formatted(AgentLink.READS_AT_ONCE));
            return;
        }
        try (Conversation conversation = begun.get()) {
            converse(conversation);
        }
    }

    /** An agent that came a moment ago opens its second stream a moment later. */
    private Optional<AgentLink> link(NodeRecord known) throws InterruptedException {
        long untilNanos = Math.min(deadlineNanos,
                System.nanoTime() + Duration.ofSeconds(2).toNanos());
        Optional<AgentLink> link = links.find(node, known.incarnation());
        while (link.isEmpty() && untilNanos - System.nanoTime() > 0 && !outbox.isClosed()) {
            Thread.sleep(Duration.ofMillis(20));
            link = links.find(node, known.incarnation());
        }
        return left().isPositive() ? link : Optional.empty();
    }

    private void converse(Conversation conversation) throws InterruptedException {
        while (!outbox.isClosed()) {
            Duration left = left();
            if (!left.isPositive()) {
                failed(answered
                        ? "not all of it came before the time was over: give more time"
                        : "it did not answer before the time was over: give more time");
                return;
            }
            Optional<LiveAnswer> answer = conversation
                    .next(left.compareTo(TURN) < 0 ? left : TURN);
            if (answer.isPresent() && !take(conversation, answer.get())) {
                return;
            }
        }
    }

    /** False where nothing more is to come. */
    private boolean take(Conversation conversation, LiveAnswer answer)
            throws InterruptedException {
        answered = true;
        ReadLiveResponse.Builder part = ReadLiveResponse.newBuilder().setNode(node);
        return switch (answer.getAnswerCase()) {
            case PAGE -> {
                if (!send(part.setPage(answer.getPage()))) {
                    yield false;
                }
                conversation.more();
                yield true;
            }
            case PINNED -> {
                if (!send(part.setPinned(answer.getPinned()))) {
                    yield false;
                }
                conversation.more();
                yield true;
            }
            case END -> {
                send(part.setEnd(answer.getEnd()));
                yield false;
            }
            case FAILURE -> {
                send(part.setFailure(answer.getFailure()));
                yield false;
            }
            case ANSWER_NOT_SET -> {
                failed("its agent sent something unknown; is it of a newer version?");
                yield false;
            }
        };
    }

    private void failed(String why) throws InterruptedException {
        send(ReadLiveResponse.newBuilder()
                .setNode(node)
                .setFailure(LiveFailure.newBuilder().setMessage(why)));
    }

    private boolean send(ReadLiveResponse.Builder part) throws InterruptedException {
        if (outbox.send(part.build(), READER_PATIENCE)) {
            return true;
        }
        outbox.fail(readerTooSlow());
        return false;
    }

    private Duration left() {
        return Duration.ofNanos(deadlineNanos - System.nanoTime());
    }
}
