package dev.nestmap.client;

import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.BatchResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.LookupBatchResponse;
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.TxnResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From answers about maps to what callers get. */
final class Decode {
    private Decode() {}

    static <T> Answer<T> answer(Header header, T value) {
        return new Answer<>(value, Origin.of(header));
    }

    static Answer<Result.Done> done(Header header) {
        return answer(header, new Result.Done());
    }

    static MapDescription map(MapInfo info) throws InvalidMessageException {
        return map(info, SpecCodec.spec(info.getSpec()));
    }

    /** Of a message that leaves the definition out. */
    static MapDescription map(MapInfo info, MapSpec spec) {
        return new MapDescription(info.getId(), spec, info.getFrozen(),
                info.getUnlinked(), info.getSlotReferences(), info.getElements(),
                info.getCreatedRevision(), info.getModifiedRevision());
    }

    static List<MapDescription> maps(List<MapInfo> infos) throws InvalidMessageException {
        List<MapDescription> maps = new ArrayList<>(infos.size());
        for (MapInfo info : infos) {
            maps.add(map(info));
        }
        return maps;
    }

    static ElementPage page(LookupBatchResponse response) throws InvalidMessageException {
        return new ElementPage(ElementCodec.elements(response.getElementsList()),
                ElementCodec.bytes(response.getOutBatch()), response.getEnd());
    }

    static Result.Batch batch(BatchResponse response) throws InvalidMessageException {
        return new Result.Batch(response.getCount(),
                response.hasFailure()
                        ? Optional.of(AnswerCodec.refusal(response.getFailure()))
                        : Optional.empty());
    }

    static TxnOutcome txn(TxnResponse response) throws InvalidMessageException {
        return response.hasFailure()
                ? new TxnOutcome.Refused(response.getSucceeded(), response.getFailedOperation(),
                        AnswerCodec.refusal(response.getFailure()))
                : new TxnOutcome.Done(response.getSucceeded(), response.getCreatedMapIdsList(),
                        ElementCodec.values(response.getTakenList()));
    }

    static MapChange change(dev.nestmap.proto.v1.MapChange change,
            @Nullable MapDescription description) throws InvalidMessageException {
        Map<Bytes, Value> previous = new HashMap<>();
        for (Element before : ElementCodec.elements(change.getPreviousList())) {
            previous.put(before.key(), before.value());
        }
        return new MapChange(change.getMapId(), description,
                change.getRemoved(), ElementCodec.elements(change.getSetList()),
                ElementCodec.keys(change.getDeletedList()), previous);
    }
}
