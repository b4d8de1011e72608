package dev.nestmap.server.api;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.Labels;
import dev.nestmap.proto.v1.ServeHello;
import dev.nestmap.proto.v1.ServeRequest;
import dev.nestmap.proto.v1.ServeResponse;
import dev.nestmap.server.feed.Outbox;
import dev.nestmap.server.live.AgentLink;
import dev.nestmap.server.live.AgentLinks;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The receiving side of the stream on which one agent answers; called by one thread at a time. */
final class ServeSession implements StreamObserver<ServeRequest> {
    private final AgentLinks links;
    private final Outbox<ServeResponse> outbox;
    private String node = "";
    private @Nullable AgentLink link;

    ServeSession(AgentLinks links, Outbox<ServeResponse> outbox) {
        this.links = links;
        this.outbox = outbox;
    }

    @Override
    public void onNext(ServeRequest request) {
        switch (request.getMessageCase()) {
            case HELLO -> hello(request.getHello());
            case ANSWER -> {
                if (link == null) {
                    refuse("an answer before the hello");
                } else {
                    link.answered(request.getAnswer());
                }
            }
            case MESSAGE_NOT_SET -> refuse("an empty message");
        }
    }

    private void hello(ServeHello hello) {
        Optional<Refusal> name = Labels.checkNode(hello.getNode());
        if (link != null) {
            refuse("a second hello");
        } else if (name.isPresent()) {
            outbox.fail(ErrorCodec.error(name.get()));
        } else {
            AgentLink offered = new AgentLink(ElementCodec.bytes(hello.getIncarnation()), outbox);
            if (!links.connect(hello.getNode(), offered)) {
                outbox.fail(ErrorCodec.error(StoreError.OVERLOADED,
                        "serve: too many nodes serve this member"));
                return;
            }
            node = hello.getNode();
            link = offered;
        }
    }

    @Override
    public void onError(Throwable error) {
        end();
    }

    @Override
    public void onCompleted() {
        outbox.complete();
        end();
    }

    private void refuse(String what) {
        outbox.fail(ErrorCodec.error(StoreError.INVALID_REQUEST, "serve: " + what));
        end();
    }

    private void end() {
        AgentLink ended = link;
        if (ended != null) {
            links.disconnect(node, ended);
            ended.end();
        }
    }
}
