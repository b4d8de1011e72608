package dev.nestmap.server.api;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;

/**
 * Answers bytes that are no message of the method with INVALID_REQUEST. The library alone would answer UNKNOWN without a word, and
 * write a stack trace into the log for each, which lets any client fill the disk.
 */
final class UnreadableRequests implements ServerInterceptor {
    private UnreadableRequests() {}

    /** The service, with its messages read where this can see them fail. */
    static ServerServiceDefinition refused(BindableService service) {
        return ServerInterceptors.intercept(
                ServerInterceptors.useInputStreamMessages(service.bindService()),
                new UnreadableRequests());
    }

    @Override
    public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        CallEnd<Q, A> end = new CallEnd<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(end, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                try {
                    if (!refused) {
                        super.onMessage(message);
                    }
                } catch (StatusRuntimeException e) {
                    if (!(e.getCause() instanceof InvalidProtocolBufferException)) {
                        throw e;
                    }
                    refused = true;
                    end.refuse(ErrorCodec.error(StoreError.INVALID_REQUEST,
                            "%s: the bytes sent are no message of this method".formatted(
                                    call.getMethodDescriptor().getFullMethodName())));
                    super.onCancel(); // so that what serves a stream ends as well
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }
}
