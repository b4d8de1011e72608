package dev.nestmap.server.api;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** A call that others than its service may end. What the service sends after that goes nowhere. Safe for threads. */
final class CallEnd<Q, A> extends SimpleForwardingServerCall<Q, A> {
    // Written under this.
    private volatile boolean refused;
    // Guarded by this.
    private boolean closed;

    CallEnd(ServerCall<Q, A> call) {
        super(call);
    }

    synchronized void refuse(StatusRuntimeException why) {
        if (!closed && !refused) {
            refused = true;
            Metadata trailers = why.getTrailers();
            super.close(why.getStatus(), trailers == null ? new Metadata() : trailers);
        }
    }

    /** The service is to stop, whoever ended it. */
    @Override
    public boolean isCancelled() {
        return refused || super.isCancelled();
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!refused) {
            super.sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(A message) {
        if (!refused) {
            super.sendMessage(message);
        }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
        closed = true;
        if (!refused) {
            super.close(status, trailers);
        }
    }
}
