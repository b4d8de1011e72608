package dev.nestmap.agent.live;

import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.ServeHello;
import dev.nestmap.proto.v1.ServeRequest;
import dev.nestmap.proto.v1.ServeResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One stream on which the store asks. What is sent waits for nobody: of each read there is one page under way at most. */
final class ServeStream implements ClientResponseObserver<ServeRequest, ServeResponse> {
    private final LiveReader reader;
    private final BiConsumer<ServeStream, Status> atEnd;
    private final Object sending = new Object();
    /** Guarded by {@code sending}, as is all that is sent. */
    private @Nullable ClientCallStreamObserver<ServeRequest> requests;
    /** Guarded by {@code sending}. */
    private boolean over;

    /**
     * @param makeReader who answers, given where answers go
     * @param atEnd told once, when the stream has ended by itself
     */
    ServeStream(Function<Consumer<LiveAnswer>, LiveReader> makeReader,
            BiConsumer<ServeStream, Status> atEnd) {
        this.reader = makeReader.apply(this::answer);
        this.atEnd = atEnd;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ServeRequest> stream) {
        synchronized (sending) {
            requests = stream;
        }
    }

    /** Says who answers; once, right after the call was started. */
    void open(ServeHello hello) {
        send(ServeRequest.newBuilder().setHello(hello).build());
    }

    private void answer(LiveAnswer answer) {
        send(ServeRequest.newBuilder().setAnswer(answer).build());
    }

    private void send(ServeRequest message) {
        synchronized (sending) {
            if (requests != null && !over) {
                requests.onNext(message);
            }
        }
    }

    @Override
    public void onNext(ServeResponse message) {
        switch (message.getMessageCase()) {
            case ASK -> reader.ask(message.getId(), message.getAsk());
            case MORE -> reader.more(message.getId());
            case CANCEL -> reader.cancel(message.getId());
            case MESSAGE_NOT_SET -> reader.unknown(message.getId());
        }
    }

    @Override
    public void onError(Throwable failure) {
        end();
        atEnd.accept(this, Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        end();
        atEnd.accept(this, Status.OK);
    }

    private void end() {
        synchronized (sending) {
            over = true;
        }
        reader.close();
    }

    /** Ends the stream from here. */
    void cancel() {
        synchronized (sending) {
            if (requests != null && !over) {
                requests.cancel("the agent follows this member no more", null);
            }
        }
        end();
    }
}
