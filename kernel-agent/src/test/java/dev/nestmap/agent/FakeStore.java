package dev.nestmap.agent;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.AgentServiceGrpc;
import dev.nestmap.proto.v1.FollowRequest;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.Report;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A member of the store that sends what a test tells it to, over real sockets. */
final class FakeStore implements AutoCloseable {
    static final String CLUSTER = "0e0f1a52-3d54-4a6c-9f00-7c1f6a1f2b3c";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<Stream> streams = new ArrayBlockingQueue<>(100);
    private final Server server;
    private volatile Optional<String> leader = Optional.empty();

    FakeStore() throws IOException {
        this(0);
    }

    FakeStore(int port) throws IOException {
        server = Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
                .addService(new Service())
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    int port() {
        return server.getPort();
    }

    /** From now on it is no leader and says who is. */
    void follow(String leaderAddress) {
        leader = Optional.of(leaderAddress);
    }

    /** The next stream that an agent opens. */
    Stream accept() throws InterruptedException {
        Stream stream = streams.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (stream == null) {
            throw new AssertionError("no agent came within " + PATIENCE);
        }
        return stream;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    static MapChange defined(long id, MapSpec spec, boolean placed) {
        return MapChange.newBuilder()
                .setMapId(id)
                .setInfo(MapInfo.newBuilder().setId(id).setSpec(SpecCodec.spec(spec)))
                .setPlaced(placed)
                .build();
    }

    static MapChange with(MapChange change, int key, Value value) {
        return change.toBuilder()
                .addSet(ElementCodec.element(new Element(Bytes.u32le(key), value)))
                .build();
    }

    static MapChange change(long id) {
        return MapChange.newBuilder().setMapId(id).build();
    }

    static MapChange removed(long id) {
        return MapChange.newBuilder().setMapId(id).setRemoved(true).build();
    }

    static Value data(int value) {
        return new Value.Data(Bytes.u32le(value));
    }

    static Value slot(long mapId) {
        return new Value.Slot(new MapRef.ById(mapId));
    }

    /** One agent's stream, seen from the store. */
    static final class Stream {
        private final Hello hello;
        private final StreamObserver<FollowResponse> responses;
        private final BlockingQueue<Report> reports = new ArrayBlockingQueue<>(10_000);

        Stream(Hello hello, StreamObserver<FollowResponse> responses) {
            this.hello = hello;
            this.responses = responses;
        }

        Hello hello() {
            return hello;
        }

        void snapshot(long revision, MapChange... changes) {
            send(CLUSTER, revision, true, false, changes);
        }

        void part(long revision, MapChange... changes) {
            send(CLUSTER, revision, true, true, changes);
        }

        void difference(long revision, MapChange... changes) {
            send(CLUSTER, revision, false, false, changes);
        }

        void send(String cluster, long revision, boolean snapshot, boolean more,
                MapChange... changes) {
            FollowResponse.Builder response = FollowResponse.newBuilder()
                    .setHeader(Header.newBuilder()
                            .setClusterId(cluster)
                            .setMemberId("n1")
                            .setRevision(revision))
                    .setSnapshot(snapshot)
                    .setMore(more);
            for (MapChange change : changes) {
                response.addChanges(change);
            }
            responses.onNext(response.build());
        }

        void fail(Throwable error) {
            responses.onError(error);
        }

        /** The first report from now on that fits. */
        Report awaitReport(Predicate<Report> fits) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                Report report = reports.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (report == null) {
                    throw new AssertionError("no such report within " + PATIENCE);
                }
                if (fits.test(report)) {
                    return report;
                }
            }
        }
    }

    private final class Service extends AgentServiceGrpc.AgentServiceImplBase {
        @Override
        public StreamObserver<FollowRequest> follow(StreamObserver<FollowResponse> responses) {
            if (leader.isPresent()) {
                responses.onError(ErrorCodec.retriable(StoreError.NO_LEADER, "not the leader",
                        leader, Duration.ZERO));
            }
            return new Requests(responses);
        }
    }

    private final class Requests implements StreamObserver<FollowRequest> {
        private final StreamObserver<FollowResponse> responses;
        private Optional<Stream> stream = Optional.empty();

        Requests(StreamObserver<FollowResponse> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(FollowRequest request) {
            if (request.hasHello() && leader.isEmpty()) {
                stream = Optional.of(new Stream(request.getHello(), responses));
                streams.add(stream.get());
            } else {
                stream.ifPresent(open -> open.reports.add(request.getReport()));
            }
        }

        @Override
        public void onError(Throwable error) {
            // The agent went away.
        }

        @Override
        public void onCompleted() {
            responses.onCompleted();
        }
    }
}
