package dev.nestmap.client;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/** Tells how far an attempt went: what never left for a server cannot have been done. */
final class SentProbe extends ClientStreamTracer.Factory {
    private volatile boolean sent;
    private volatile boolean answered;

    /** How far an attempt went. */
    enum Progress {
        /** Nothing left. */
        NOT_SENT,
        /** Some of the request left. */
        SENT,
        /** An answer that is no error began to come. */
        ANSWERED
    }

    Progress progress() {
        if (answered) {
            return Progress.ANSWERED;
        }
        return sent ? Progress.SENT : Progress.NOT_SENT;
    }

    boolean sent() {
        return sent;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info,
            Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void outboundMessage(int number) {
                sent = true;
            }

            @Override
            public void inboundHeaders() {
                answered = true;
            }
        };
    }
}
