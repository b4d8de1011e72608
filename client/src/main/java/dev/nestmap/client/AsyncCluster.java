package dev.nestmap.client;

import dev.nestmap.proto.v1.ClusterServiceGrpc;
import dev.nestmap.proto.v1.StatusRequest;
import java.util.concurrent.CompletableFuture;

/** The members of the store, without waiting; futures as in {@link AsyncMapHandle}. */
public final class AsyncCluster {
    private final Calls calls;

    AsyncCluster(Calls calls) {
        this.calls = calls;
    }

    /** The state of whichever member answers first, the presumed leader before others. */
    public CompletableFuture<Answer<MemberStatus>> status() {
        return calls.read(ClusterServiceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance(),
                () -> "show the cluster",
                r -> Decode.answer(r.getHeader(), DecodeFleet.status(r)));
    }

    /** The state of one member, asked once: that it cannot be reached is an answer too. */
    public CompletableFuture<Answer<MemberStatus>> status(String target) {
        return calls.once(target, ClusterServiceGrpc.getStatusMethod(),
                StatusRequest.getDefaultInstance(), () -> "show member " + target,
                r -> Decode.answer(r.getHeader(), DecodeFleet.status(r)));
    }
}
