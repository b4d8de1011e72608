package dev.nestmap.client.wire;

import dev.nestmap.model.map.Element;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.proto.v1.CreateRequest;
import dev.nestmap.proto.v1.DeleteBatchRequest;
import dev.nestmap.proto.v1.DeleteElemRequest;
import dev.nestmap.proto.v1.DeleteRequest;
import dev.nestmap.proto.v1.FreezeRequest;
import dev.nestmap.proto.v1.LookupAndDeleteRequest;
import dev.nestmap.proto.v1.Operation;
import dev.nestmap.proto.v1.PlaceRequest;
import dev.nestmap.proto.v1.SetLabelsRequest;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.UpdateBatchRequest;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.Write;

/** From commands to requests: the inverse of {@link CommandCodec}. */
public final class RequestCodec {
    private RequestCodec() {}

    /** The write that carries a command. */
    public static Write write(RequestId id, Command command) {
        Write.Builder wire = Write.newBuilder();
        switch (command) {
            case Command.Create create -> wire.setCreate(create(create).setRequestId(id(id)));
            case Command.Delete delete -> wire.setDelete(delete(delete).setRequestId(id(id)));
            case Command.Freeze freeze -> wire.setFreeze(freeze(freeze).setRequestId(id(id)));
            case Command.Place place -> wire.setPlace(place(place).setRequestId(id(id)));
            case Command.Update update -> wire.setUpdate(update(update).setRequestId(id(id)));
            case Command.DeleteElem delete ->
                wire.setDeleteElem(deleteElem(delete).setRequestId(id(id)));
            case Command.LookupAndDelete take ->
                wire.setLookupAndDelete(take(take).setRequestId(id(id)));
            case Command.UpdateBatch batch ->
                wire.setUpdateBatch(updateBatch(batch).setRequestId(id(id)));
            case Command.DeleteBatch batch ->
                wire.setDeleteBatch(deleteBatch(batch).setRequestId(id(id)));
            case Command.Txn txn -> wire.setTxn(txn(id, txn));
            case Command.SetLabels labels -> wire.setSetLabels(SetLabelsRequest.newBuilder()
                    .setRequestId(id(id))
                    .setName(labels.node())
                    .putAllSet(labels.set())
                    .addAllRemove(labels.remove()));
        }
        return wire.build();
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.RequestId id(RequestId id) {
        return dev.nestmap.proto.v1.RequestId.newBuilder()
                .setClientId(ElementCodec.bytes(id.clientId()))
                .setCallId(id.callId())
                .setKnownRevision(id.knownRevision())
                .build();
    }

    private static CreateRequest.Builder create(Command.Create create) {
        var wire = CreateRequest.newBuilder()
                .setSpec(SpecCodec.spec(create.spec().withInnerTemplate(null)));
        switch (create.inner()) {
            case InnerSource.None() -> {
                // Nothing in the request says so.
            }
            case InnerSource.CopiedFrom(var map) -> wire.setInnerMap(MapRefCodec.ref(map));
            case InnerSource.Given(var template) ->
                wire.setInnerTemplate(SpecCodec.template(template));
        }
        return wire;
    }

    private static DeleteRequest.Builder delete(Command.Delete delete) {
        return DeleteRequest.newBuilder().setMap(MapRefCodec.ref(delete.map()));
    }

    private static FreezeRequest.Builder freeze(Command.Freeze freeze) {
        return FreezeRequest.newBuilder().setMap(MapRefCodec.ref(freeze.map()));
    }

    private static PlaceRequest.Builder place(Command.Place place) {
        return PlaceRequest.newBuilder()
                .setMap(MapRefCodec.ref(place.map()))
                .setPlacement(SpecCodec.placement(place.placement()));
    }

    private static UpdateRequest.Builder update(Command.Update update) {
        return UpdateRequest.newBuilder()
                .setMap(MapRefCodec.ref(update.map()))
                .setElement(ElementCodec.element(new Element(update.key(), update.value())))
                .setFlags(update.flags());
    }

    private static DeleteElemRequest.Builder deleteElem(Command.DeleteElem delete) {
        return DeleteElemRequest.newBuilder()
                .setMap(MapRefCodec.ref(delete.map()))
                .setKey(ElementCodec.bytes(delete.key()));
    }

    private static LookupAndDeleteRequest.Builder take(Command.LookupAndDelete take) {
        return LookupAndDeleteRequest.newBuilder()
                .setMap(MapRefCodec.ref(take.map()))
                .setKey(ElementCodec.bytes(take.key()))
                .setFlags(take.flags());
    }

    private static UpdateBatchRequest.Builder updateBatch(Command.UpdateBatch batch) {
        var wire = UpdateBatchRequest.newBuilder()
                .setMap(MapRefCodec.ref(batch.map()))
                .setElemFlags(batch.elemFlags());
        batch.elements().forEach(element -> wire.addElements(ElementCodec.element(element)));
        return wire;
    }

    private static DeleteBatchRequest.Builder deleteBatch(Command.DeleteBatch batch) {
        var wire = DeleteBatchRequest.newBuilder()
                .setMap(MapRefCodec.ref(batch.map()))
                .setElemFlags(batch.elemFlags());
        batch.keys().forEach(key -> wire.addKeys(ElementCodec.bytes(key)));
        return wire;
    }

    private static TxnRequest txn(RequestId id, Command.Txn txn) {
        var wire = TxnRequest.newBuilder().setRequestId(id(id));
        txn.compare().forEach(compare -> wire.addCompare(compare(compare)));
        txn.then().forEach(step -> wire.addThen(operation(step)));
        txn.otherwise().forEach(step -> wire.addOtherwise(operation(step)));
        return wire.build();
    }

    private static dev.nestmap.proto.v1.Compare compare(Compare compare) {
        var wire = dev.nestmap.proto.v1.Compare.newBuilder()
                .setMap(MapRefCodec.ref(compare.map()));
        switch (compare) {
            case Compare.MapExists exists -> wire.setMapExists(exists.expected());
            case Compare.MapRevision revision -> wire.setMapRevision(revision.expected());
            case Compare.MapUnchangedSince since -> wire.setMapUnchangedSince(since.revision());
            case Compare.ElementExists(var _, var key, boolean expected) -> {
                if (expected) {
                    wire.setPresent(ElementCodec.bytes(key));
                } else {
                    wire.setAbsent(ElementCodec.bytes(key));
                }
            }
            case Compare.ElementEquals(var _, var key, var expected) ->
                wire.setEquals(ElementCodec.element(new Element(key, expected)));
        }
        return wire.build();
    }

    private static Operation operation(Command.Step step) {
        Operation.Builder wire = Operation.newBuilder();
        return switch (step) {
            case Command.Create create -> wire.setCreate(create(create)).build();
            case Command.Delete delete -> wire.setDelete(delete(delete)).build();
            case Command.Freeze freeze -> wire.setFreeze(freeze(freeze)).build();
            case Command.Place place -> wire.setPlace(place(place)).build();
            case Command.Update update -> wire.setUpdate(update(update)).build();
            case Command.DeleteElem delete -> wire.setDeleteElem(deleteElem(delete)).build();
            case Command.LookupAndDelete take -> wire.setLookupAndDelete(take(take)).build();
            case Command.UpdateBatch batch -> wire.setUpdateBatch(updateBatch(batch)).build();
            case Command.DeleteBatch batch -> wire.setDeleteBatch(deleteBatch(batch)).build();
        };
    }
}
