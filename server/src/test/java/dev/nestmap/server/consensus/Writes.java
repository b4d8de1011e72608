package dev.nestmap.server.consensus;

import com.google.protobuf.ByteString;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.CreateRequest;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.MapSpec;
import dev.nestmap.proto.v1.MapType;
import dev.nestmap.proto.v1.RequestId;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.Value;
import dev.nestmap.proto.v1.Write;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Writes of one client to one map from eight bytes to values of one size. */
final class Writes {
    private static final AtomicLong CLIENTS = new AtomicLong();
    private static final int HASH = 1;

    private final long client = CLIENTS.incrementAndGet();
    private final String map;
    private final int valueBytes;
    private final AtomicLong calls = new AtomicLong();

    Writes(String map, int valueBytes) {
        this.map = map;
        this.valueBytes = valueBytes;
    }

    Write create() {
        return Write.newBuilder()
                .setCreate(CreateRequest.newBuilder()
                        .setRequestId(nextId())
                        .setSpec(MapSpec.newBuilder()
                                .setName(map)
                                .setType(MapType.newBuilder().setNumber(HASH))
                                .setKeySize(Long.BYTES)
                                .setValueSize(valueBytes)
                                .setMaxEntries(1 << 20)))
                .build();
    }

    Write put(long key, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(valueBytes).putLong(value).clear();
        return Write.newBuilder()
                .setUpdate(UpdateRequest.newBuilder()
                        .setRequestId(nextId())
                        .setMap(MapRef.newBuilder().setName(map))
                        .setElement(Element.newBuilder()
                                .setKey(u64(key))
                                .setValue(Value.newBuilder().setData(ByteString.copyFrom(bytes)))))
                .build();
    }

    /** The first eight bytes of a key's value; -1 where there is none. */
    long get(FleetState state, long key) {
        var found = state.find(new dev.nestmap.model.map.MapRef.ByName("default", map));
        Bytes value = found == null ? null : found.elements().get(Bytes.u64be(key));
        return value == null ? -1 : value.longBe(0);
    }

    private RequestId.Builder nextId() {
        return RequestId.newBuilder()
                .setClientId(u64(client).concat(u64(~client)))
                .setCallId(calls.incrementAndGet());
    }

    private static ByteString u64(long value) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
    }
}
