package dev.nestmap.server.live;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.proto.v1.LiveAsk;
import dev.nestmap.proto.v1.ReadLiveResponse;
import dev.nestmap.server.feed.Outbox;
import dev.nestmap.server.nodes.NodeRegistry;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Passes questions of clients on to agents, and pages of their answers back as fast as the client takes them. Bounded: so many calls,
 * so many nodes asked at once by each, so many reads at once at each agent, one page of each read, and the time of a call.
 */
public final class LiveReads {
    /** Each holds a page of each node that it asks at the moment. */
    static final int CALLS = 32;
    /** Asked at once by one call; the others wait for their turn. */
    static final int NODES_AT_ONCE = 16;
    private static final Duration RETRY_AFTER = Duration.ofMillis(500);

    private final NodeRegistry registry;
    private final AgentLinks links;
    private final Semaphore calls = new Semaphore(CALLS);

    /** Asks these agents. */
    public LiveReads(NodeRegistry registry, AgentLinks links) {
        this.registry = registry;
        this.links = links;
    }

    /** The answering side of a call; to be made before its service method returns. */
    public Reading reading(ServerCallStreamObserver<ReadLiveResponse> observer) {
        return new Reading(new Outbox<>(observer));
    }

    /** One call of a client. */
    public final class Reading {
        private final Outbox<ReadLiveResponse> outbox;

        private Reading(Outbox<ReadLiveResponse> outbox) {
            this.outbox = outbox;
        }

        /** Ends the call with an error. */
        public void fail(Throwable error) {
            outbox.fail(error);
        }

        /**
         * Asks nodes, on threads of its own, until all have answered or the time is over.
         *
         * @param first what the client is sent before any answer
         */
        public void begin(ReadLiveResponse first, LiveAsk question, Duration timeout) {
            if (!calls.tryAcquire()) {
                outbox.fail(ErrorCodec.retriable(StoreError.OVERLOADED,
                        "read live: %d such calls are under way at this member, more are not possible"
                                .formatted(CALLS),
                        Optional.empty(), RETRY_AFTER));
                return;
            }
            Thread.ofVirtual().name("read-live").start(() -> {
                try {
                    run(first, question, System.nanoTime() + timeout.toNanos());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    outbox.fail(Status.UNAVAILABLE.withDescription("the member shuts down")
                            .asRuntimeException());
                } catch (RuntimeException | Error e) {
                    outbox.fail(Status.INTERNAL.withDescription("read live: it broke: " + e)
                            .withCause(e)
                            .asRuntimeException());
                } finally {
                    calls.release();
                }
            });
        }

        private void run(ReadLiveResponse first, LiveAsk question, long deadlineNanos)
                throws InterruptedException {
            if (!outbox.send(first, NodeRead.READER_PATIENCE)) {
                outbox.fail(NodeRead.readerTooSlow());
                return;
            }
            Queue<String> left = new ConcurrentLinkedQueue<>(first.getNodesList());
            List<Thread> turns = new ArrayList<>();
            for (int i = 0; i < Math.min(NODES_AT_ONCE, first.getNodesCount()); i++) {
                turns.add(Thread.ofVirtual()
                        .name("read-live-node")
                        .start(() -> takeTurns(left, question, deadlineNanos)));
            }
            for (Thread turn : turns) {
                turn.join();
            }
            outbox.complete();
        }

        private void takeTurns(Queue<String> left, LiveAsk question, long deadlineNanos) {
            try {
                String node = left.poll();
                while (node != null && !outbox.isClosed()) {
                    new NodeRead(registry, links, outbox, node, deadlineNanos).run(question);
                    node = left.poll();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                outbox.fail(Status.INTERNAL.withDescription("read live: it broke: " + e)
                        .withCause(e)
                        .asRuntimeException());
            }
        }
    }
}
