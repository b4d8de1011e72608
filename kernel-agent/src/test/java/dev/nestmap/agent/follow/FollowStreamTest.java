package dev.nestmap.agent.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.proto.v1.FollowRequest;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.Report;
import io.grpc.stub.ClientCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes over a stream, and when. */
final class FollowStreamTest {
    private final Call call = new Call();
    private final FollowStream stream = new FollowStream(
            Hello.newBuilder().setNode("host7").build(), _ -> {});

    /** A call of gRPC as it is before it was started, and after. */
    private static final class Call extends ClientCallStreamObserver<FollowRequest> {
        final List<FollowRequest> sent = new ArrayList<>();
        boolean started;
        boolean ready = true;

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public boolean isReady() {
            if (!started) {
                throw new NullPointerException("the call was not started");
            }
            return ready;
        }

        @Override
        public void setOnReadyHandler(Runnable onReadyHandler) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void disableAutoRequestWithInitial(int request) {}

        @Override
        public void onNext(FollowRequest request) {
            sent.add(request);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }

    private static Report report(long revision) {
        return Report.newBuilder().setAppliedRevision(revision).build();
    }

    private List<Long> reported() {
        return call.sent.stream()
                .filter(FollowRequest::hasReport)
                .map(request -> request.getReport().getAppliedRevision())
                .toList();
    }

    @Test
    void whatIsReportedWhileTheCallStartsGoesBehindTheHello() {
        stream.report(report(1));
        stream.beforeStart(call);
        stream.report(report(2));
        call.started = true;
        stream.report(report(3));
        assertEquals(List.of(), call.sent);
        stream.open();
        assertEquals("host7", call.sent.getFirst().getHello().getNode());
        assertEquals(List.of(3L), reported());
    }

    @Test
    void ofReportsThatWaitForTheNetworkTheNewestIsSent() {
        stream.beforeStart(call);
        call.started = true;
        stream.open();
        call.ready = false;
        stream.report(report(1));
        stream.report(report(2));
        assertEquals(List.of(), reported());
        call.ready = true;
        stream.report(report(3));
        assertEquals(List.of(3L), reported());
    }

    @Test
    void nothingIsSentAfterTheEnd() {
        stream.beforeStart(call);
        call.started = true;
        stream.open();
        stream.cancel("the agent stops");
        stream.report(report(1));
        assertEquals(List.of(), reported());
    }
}
