package dev.nestmap.client;

import dev.nestmap.proto.v1.ClusterServiceGrpc;
import dev.nestmap.proto.v1.DumpRequest;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.ListRequest;
import dev.nestmap.proto.v1.ListResponse;
import dev.nestmap.proto.v1.LookupBatchRequest;
import dev.nestmap.proto.v1.LookupBatchResponse;
import dev.nestmap.proto.v1.LookupRequest;
import dev.nestmap.proto.v1.LookupResponse;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.NodeServiceGrpc;
import dev.nestmap.proto.v1.StatusRequest;
import dev.nestmap.proto.v1.StatusResponse;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.TxnResponse;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.UpdateResponse;
import dev.nestmap.proto.v1.Value;
import dev.nestmap.proto.v1.WaitAppliedRequest;
import dev.nestmap.proto.v1.WaitAppliedResponse;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A member of a store that answers by script: the reactions given, in order, then the last of them for ever. */
final class FakeMember implements AutoCloseable {
    static final String CLUSTER = "cluster-1";

    private final Server server;
    final Script<UpdateRequest, UpdateResponse> updates = new Script<>(
            Reaction.answer(UpdateResponse.newBuilder().setHeader(header(7)).build()));
    final Script<LookupRequest, LookupResponse> lookups = new Script<>(
            Reaction.answer(LookupResponse.newBuilder()
                    .setHeader(header(7))
                    .setValue(Value.newBuilder().setExpression("x"))
                    .build()));
    final Script<WatchRequest, WatchResponse> watches = new Script<>(Reaction.silence());
    /** Told of each watch while its handlers can still be set. */
    volatile Consumer<ServerCallStreamObserver<WatchResponse>> watchOpened = stream -> {};
    /** The later requests of watches. */
    final Script<WatchRequest, WatchResponse> progress = new Script<>(Reaction.silence());
    final Script<StatusRequest, StatusResponse> statuses = new Script<>(Reaction.silence());
    final Script<LookupBatchRequest, LookupBatchResponse> pages = new Script<>(Reaction.silence());
    final Script<DumpRequest, DumpResponse> dumps = new Script<>(Reaction.silence());
    final Script<ListRequest, ListResponse> lists = new Script<>(Reaction.silence());
    final Script<TxnRequest, TxnResponse> txns = new Script<>(Reaction.silence());
    /** Messages of transactions that came in parts. */
    final AtomicInteger txnParts = new AtomicInteger();
    final Script<WaitAppliedRequest, WaitAppliedResponse> waits = new Script<>(
            Reaction.silence());

    FakeMember() {
        this(0);
    }

    FakeMember(int port) {
        try {
            server = NettyServerBuilder
                    .forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .permitKeepAliveTime(1, TimeUnit.SECONDS)
                    .addService(new FakeMaps())
                    .addService(new FakeCluster())
                    .addService(new FakeNodes())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port of this host on which nobody listens. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Header header(long revision) {
        return header(CLUSTER, 1, revision);
    }

    static Header header(String cluster, long term, long revision) {
        return Header.newBuilder()
                .setClusterId(cluster)
                .setMemberId("m1")
                .setTerm(term)
                .setRevision(revision)
                .build();
    }

    int port() {
        return server.getPort();
    }

    String target() {
        return "127.0.0.1:" + port();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a member does with a request. */
    interface Reaction<Q, A> {
        void to(Q request, StreamObserver<A> client);

        static <Q, A> Reaction<Q, A> answer(A answer) {
            return (request, client) -> {
                client.onNext(answer);
                client.onCompleted();
            };
        }

        static <Q, A> Reaction<Q, A> error(Throwable error) {
            return (request, client) -> client.onError(error);
        }

        static <Q, A> Reaction<Q, A> silence() {
            return (request, client) -> {};
        }
    }

    /** Reactions to come, and requests that came. */
    static final class Script<Q, A> {
        private final Queue<Reaction<Q, A>> reactions = new ConcurrentLinkedQueue<>();
        private final BlockingQueue<Q> requests = new LinkedBlockingQueue<>();
        private volatile Reaction<Q, A> last;

        Script(Reaction<Q, A> last) {
            this.last = last;
        }

        @SafeVarargs
        final void set(Reaction<Q, A>... script) {
            for (Reaction<Q, A> reaction : script) {
                reactions.add(reaction);
                last = reaction;
            }
        }

        int count() {
            return requests.size();
        }

        Q take() throws InterruptedException {
            Q request = requests.poll(20, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("no request came within 20 s");
            }
            return request;
        }

        private void react(Q request, StreamObserver<A> client) {
            requests.add(request);
            Reaction<Q, A> next = reactions.poll();
            (next == null ? last : next).to(request, client);
        }
    }

    private final class FakeMaps extends MapServiceGrpc.MapServiceImplBase {
        @Override
        public void update(UpdateRequest request, StreamObserver<UpdateResponse> client) {
            updates.react(request, client);
        }

        @Override
        public void lookup(LookupRequest request, StreamObserver<LookupResponse> client) {
            lookups.react(request, client);
        }

        @Override
        public void lookupBatch(LookupBatchRequest request,
                StreamObserver<LookupBatchResponse> client) {
            pages.react(request, client);
        }

        @Override
        public void dump(DumpRequest request, StreamObserver<DumpResponse> client) {
            dumps.react(request, client);
        }

        @Override
        public void list(ListRequest request, StreamObserver<ListResponse> client) {
            lists.react(request, client);
        }

        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> client) {
            txns.react(request, client);
        }

        @Override
        public StreamObserver<TxnRequest> txnStream(StreamObserver<TxnResponse> client) {
            return new StreamObserver<>() {
                private final TxnRequest.Builder whole = TxnRequest.newBuilder();

                @Override
                public void onNext(TxnRequest part) {
                    whole.mergeFrom(part);
                    txnParts.incrementAndGet();
                }

                @Override
                public void onError(Throwable error) {
                    // the client went away
                }

                @Override
                public void onCompleted() {
                    txns.react(whole.build(), client);
                }
            };
        }

        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> client) {
            watchOpened.accept((ServerCallStreamObserver<WatchResponse>) client);
            return new StreamObserver<>() {
                private boolean begun;

                @Override
                public void onNext(WatchRequest request) {
                    (begun ? progress : watches).react(request, client);
                    begun = true;
                }

                @Override
                public void onError(Throwable error) {
                    // the client went away
                }

                @Override
                public void onCompleted() {
                    // the watch goes on
                }
            };
        }
    }

    private final class FakeCluster extends ClusterServiceGrpc.ClusterServiceImplBase {
        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> client) {
            statuses.react(request, client);
        }
    }

    private final class FakeNodes extends NodeServiceGrpc.NodeServiceImplBase {
        @Override
        public void waitApplied(WaitAppliedRequest request,
                StreamObserver<WaitAppliedResponse> client) {
            waits.react(request, client);
        }
    }
}
