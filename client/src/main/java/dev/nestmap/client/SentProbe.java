package dev.nestmap.client;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/** Tells whether a request ever left for a server: what did not leave cannot have been done. */
final class SentProbe extends ClientStreamTracer.Factory {
    private volatile boolean sent;

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
        };
    }
}
