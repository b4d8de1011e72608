package dev.nestmap.client;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.proto.v1.AskPinRequest;
import dev.nestmap.proto.v1.PinQuestion;
import dev.nestmap.proto.v1.PinReplacement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Questions about pins, and what they are answered. */
final class DecodePinned {
    private DecodePinned() {}

    static AskPinRequest request(PinQuery query) {
        PinQuestion.Builder question = PinQuestion.newBuilder().setPin(query.pin());
        switch (query.ask()) {
            case PinQuery.Ask.Examine() -> {
                // Nothing more is to be said.
            }
            case PinQuery.Ask.ExamineAndKeepInners() -> question.setKeepInners(true);
            case PinQuery.Ask.Elements(int kernelId) -> question.setKernelId(kernelId);
            case PinQuery.Ask.Replace(MapSpec spec, int kernelId, PinQuery.Contents contents) ->
                question.setReplacement(PinReplacement.newBuilder()
                        .setSpec(SpecCodec.spec(spec))
                        .setKernelId(kernelId)
                        .setCopy(contents == PinQuery.Contents.COPIED));
        }
        return AskPinRequest.newBuilder()
                .setNode(query.node())
                .setQuestion(question)
                .setTimeoutMillis(Math.max(1, query.within().toMillis()))
                .build();
    }

    static PinnedMap map(dev.nestmap.proto.v1.PinnedMap map) throws InvalidMessageException {
        List<PinnedMap> inners = new ArrayList<>();
        for (dev.nestmap.proto.v1.PinnedMap inner : map.getInnersList()) {
            inners.add(map(inner));
        }
        return new PinnedMap(map.getKernelId(), map.getKernelName(), map.getPin(),
                map.hasSpec() ? Optional.of(SpecCodec.spec(map.getSpec())) : Optional.empty(),
                map.getFrozen(), map.getTypesHidden(), inners,
                ElementCodec.keys(map.getSlotsList()), map.getTrouble(), map.getProgramsList(),
                map.getCopied());
    }
}
