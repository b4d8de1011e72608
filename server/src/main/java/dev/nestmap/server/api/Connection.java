package dev.nestmap.server.api;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.SocketAddress;

/** Tells the services over which connection a call came. */
final class Connection implements ServerInterceptor {
    private static final Context.Key<Object> KEY = Context.key("nestmap-connection");

    /** What calls over one connection have in common, and others have not; of the call that this is asked in. */
    static Object current() {
        Object connection = KEY.get();
        return connection == null ? new Object() : connection;
    }

    /** The same by the attributes of a call. */
    static Object of(Attributes attributes) {
        SocketAddress peer = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return peer == null ? new Object() : peer;
    }

    @Override
    public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        return Contexts.interceptCall(Context.current().withValue(KEY, of(call.getAttributes())),
                call, headers, next);
    }
}
