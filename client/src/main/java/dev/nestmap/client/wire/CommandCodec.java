package dev.nestmap.client.wire;

import dev.nestmap.model.map.Element;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.proto.v1.CreateRequest;
import dev.nestmap.proto.v1.DeleteBatchRequest;
import dev.nestmap.proto.v1.LookupAndDeleteRequest;
import dev.nestmap.proto.v1.Operation;
import dev.nestmap.proto.v1.PlaceRequest;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.UpdateBatchRequest;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** From requests to commands. */
public final class CommandCodec {
    private CommandCodec() {}

    /** The command of a write. */
    public static Command command(Write write) throws InvalidMessageException {
        return switch (write.getOpCase()) {
            case CREATE -> create(write.getCreate());
            case DELETE -> new Command.Delete(MapRefCodec.ref(write.getDelete().getMap()));
            case FREEZE -> new Command.Freeze(MapRefCodec.ref(write.getFreeze().getMap()));
            case PLACE -> place(write.getPlace());
            case UPDATE -> update(write.getUpdate());
            case DELETE_ELEM ->
                new Command.DeleteElem(MapRefCodec.ref(write.getDeleteElem().getMap()),
                        ElementCodec.bytes(write.getDeleteElem().getKey()));
            case LOOKUP_AND_DELETE -> take(write.getLookupAndDelete());
            case UPDATE_BATCH -> updateBatch(write.getUpdateBatch());
            case DELETE_BATCH -> deleteBatch(write.getDeleteBatch());
            case TXN -> txn(write.getTxn());
            case SET_LABELS -> new Command.SetLabels(write.getSetLabels().getName(),
                    new TreeMap<>(write.getSetLabels().getSetMap()),
                    write.getSetLabels().getRemoveList());
            case OP_NOT_SET -> throw new InvalidMessageException("a write without an operation");
        };
    }

    /** Who asked for a write; refused where the client id has not 16 bytes. */
    public static RequestId requestId(Write write) throws InvalidMessageException {
        var id = switch (write.getOpCase()) {
            case CREATE -> write.getCreate().getRequestId();
            case DELETE -> write.getDelete().getRequestId();
            case FREEZE -> write.getFreeze().getRequestId();
            case PLACE -> write.getPlace().getRequestId();
            case UPDATE -> write.getUpdate().getRequestId();
            case DELETE_ELEM -> write.getDeleteElem().getRequestId();
            case LOOKUP_AND_DELETE -> write.getLookupAndDelete().getRequestId();
            case UPDATE_BATCH -> write.getUpdateBatch().getRequestId();
            case DELETE_BATCH -> write.getDeleteBatch().getRequestId();
            case TXN -> write.getTxn().getRequestId();
            case SET_LABELS -> write.getSetLabels().getRequestId();
            case OP_NOT_SET -> throw new InvalidMessageException("a write without an operation");
        };
        if (id.getClientId().size() != RequestId.CLIENT_ID_BYTES) {
            throw new InvalidMessageException(
                    "request_id.client_id is %d bytes, must be 16 random bytes that the client keeps"
                            .formatted(id.getClientId().size()));
        }
        return new RequestId(ElementCodec.bytes(id.getClientId()), id.getCallId(),
                id.getKnownRevision());
    }

    private static Command.Create create(CreateRequest request) throws InvalidMessageException {
        if (!request.hasSpec()) {
            throw new InvalidMessageException("create: the definition (spec) is missing");
        }
        if (request.getSpec().hasInnerTemplate()) {
            throw new InvalidMessageException(
                    "create: spec.inner_template is for answers; give inner_map or inner_template in the request");
        }
        InnerSource inner = switch (request.getInnerCase()) {
            case INNER_MAP -> new InnerSource.CopiedFrom(MapRefCodec.ref(request.getInnerMap()));
            case INNER_TEMPLATE ->
                new InnerSource.Given(SpecCodec.template(request.getInnerTemplate()));
            case INNER_NOT_SET -> new InnerSource.None();
        };
        return new Command.Create(SpecCodec.spec(request.getSpec()), inner);
    }

    private static Command.Place place(PlaceRequest request) throws InvalidMessageException {
        if (!request.hasPlacement()) {
            throw new InvalidMessageException(
                    "place: the placement is missing; one with an empty selector means every node");
        }
        return new Command.Place(MapRefCodec.ref(request.getMap()),
                SpecCodec.placement(request.getPlacement()));
    }

    private static Command.Update update(UpdateRequest request) throws InvalidMessageException {
        Element element = ElementCodec.element(request.getElement());
        return new Command.Update(MapRefCodec.ref(request.getMap()), element.key(), element.value(),
                request.getFlags());
    }

    private static Command.LookupAndDelete take(LookupAndDeleteRequest request)
            throws InvalidMessageException {
        return new Command.LookupAndDelete(MapRefCodec.ref(request.getMap()),
                ElementCodec.bytes(request.getKey()), request.getFlags());
    }

    private static Command.UpdateBatch updateBatch(UpdateBatchRequest request)
            throws InvalidMessageException {
        return new Command.UpdateBatch(MapRefCodec.ref(request.getMap()),
                ElementCodec.elements(request.getElementsList()), request.getElemFlags());
    }

    private static Command.DeleteBatch deleteBatch(DeleteBatchRequest request)
            throws InvalidMessageException {
        return new Command.DeleteBatch(MapRefCodec.ref(request.getMap()),
                ElementCodec.keys(request.getKeysList()), request.getElemFlags());
    }

    private static Command.Txn txn(TxnRequest request) throws InvalidMessageException {
        List<Compare> compares = new ArrayList<>();
        for (var compare : request.getCompareList()) {
            compares.add(compare(compare));
        }
        return new Command.Txn(compares, steps(request.getThenList()),
                steps(request.getOtherwiseList()));
    }

    private static Compare compare(dev.nestmap.proto.v1.Compare compare)
            throws InvalidMessageException {
        var map = MapRefCodec.ref(compare.getMap());
        return switch (compare.getConditionCase()) {
            case MAP_EXISTS -> new Compare.MapExists(map, compare.getMapExists());
            case MAP_REVISION -> new Compare.MapRevision(map, compare.getMapRevision());
            case MAP_UNCHANGED_SINCE ->
                new Compare.MapUnchangedSince(map, compare.getMapUnchangedSince());
            case PRESENT ->
                new Compare.ElementExists(map, ElementCodec.bytes(compare.getPresent()), true);
            case ABSENT ->
                new Compare.ElementExists(map, ElementCodec.bytes(compare.getAbsent()), false);
            case EQUALS -> {
                Element element = ElementCodec.element(compare.getEquals());
                yield new Compare.ElementEquals(map, element.key(), element.value());
            }
            case CONDITION_NOT_SET ->
                throw new InvalidMessageException("txn: a comparison without a condition");
        };
    }

    private static List<Command.Step> steps(List<Operation> operations)
            throws InvalidMessageException {
        List<Command.Step> steps = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            steps.add(switch (operation.getOpCase()) {
                case CREATE -> create(operation.getCreate());
                case DELETE -> new Command.Delete(MapRefCodec.ref(operation.getDelete().getMap()));
                case FREEZE -> new Command.Freeze(MapRefCodec.ref(operation.getFreeze().getMap()));
                case PLACE -> place(operation.getPlace());
                case UPDATE -> update(operation.getUpdate());
                case DELETE_ELEM ->
                    new Command.DeleteElem(MapRefCodec.ref(operation.getDeleteElem().getMap()),
                            ElementCodec.bytes(operation.getDeleteElem().getKey()));
                case LOOKUP_AND_DELETE -> take(operation.getLookupAndDelete());
                case UPDATE_BATCH -> updateBatch(operation.getUpdateBatch());
                case DELETE_BATCH -> deleteBatch(operation.getDeleteBatch());
                case OP_NOT_SET ->
                    throw new InvalidMessageException("txn: an operation without content");
            });
        }
        return steps;
    }
}
