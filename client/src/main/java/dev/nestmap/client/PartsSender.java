package dev.nestmap.client;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.List;

/** Sends the parts of one request as fast as they are taken, then waits for the answer. Its calls follow one another. */
final class PartsSender<Q, A> implements ClientResponseObserver<Q, A> {
    private final Iterator<Q> parts;
    private final StreamObserver<A> answer;
    private boolean ended;

    PartsSender(List<Q> parts, StreamObserver<A> answer) {
        this.parts = parts.iterator();
        this.answer = answer;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
        stream.setOnReadyHandler(() -> {
            while (!ended && stream.isReady()) {
                if (parts.hasNext()) {
                    stream.onNext(parts.next());
                } else {
                    ended = true;
                    stream.onCompleted();
                }
            }
        });
    }

    @Override
    public void onNext(A value) {
        answer.onNext(value);
    }

    @Override
    public void onError(Throwable error) {
        ended = true;
        answer.onError(error);
    }

    @Override
    public void onCompleted() {
        ended = true;
        answer.onCompleted();
    }
}
