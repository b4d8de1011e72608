package dev.nestmap.systemtests.differential;

import com.google.protobuf.ByteString;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.differential.Operation;
import dev.nestmap.model.differential.Words;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.LookupBatchRequest;
import dev.nestmap.proto.v1.LookupBatchResponse;
import dev.nestmap.proto.v1.MapServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Whole maps, read page by page and element by element. */
final class StoreReads {
    private final MapServiceGrpc.MapServiceBlockingStub bare;
    private final BiFunction<MapHandle, Value, String> text;

    /** @param text a value of a map in the comparison's words */
    StoreReads(MapServiceGrpc.MapServiceBlockingStub bare,
            BiFunction<MapHandle, Value, String> text) {
        this.bare = bare;
        this.text = text;
    }

    String pages(MapHandle map, MapRef ref, Operation.LookupBatch batch) {
        MapSpec spec = map.describe().value().spec();
        List<Integer> sizes = new ArrayList<>();
        List<String> elements = new ArrayList<>();
        ByteString position = ElementCodec.bytes(batch.from().orElse(Bytes.empty()));
        while (true) {
            LookupBatchResponse page = bare.lookupBatch(LookupBatchRequest.newBuilder()
                    .setMap(MapRefCodec.ref(ref))
                    .setInBatch(position)
                    .setCount(batch.count())
                    .setElemFlags(batch.elemFlags())
                    .build());
            if (page.getElementsCount() > 0) {
                sizes.add(page.getElementsCount());
            }
            for (var element : page.getElementsList()) {
                elements.add(Words.element(ElementCodec.bytes(element.getKey()),
                        text.apply(map, StoreSubject.value(element.getValue()))));
            }
            if (page.getEnd() || batch.count() == 0) {
                return Words.pages(spec.type(), sizes, elements, Optional.empty());
            }
            position = page.getOutBatch();
        }
    }

    String contents(MapHandle map) {
        MapDescription description = map.describe().value();
        if (!Words.canBeRead(description.spec())) {
            return Words.NOTHING;
        }
        TreeMap<Bytes, String> elements = new TreeMap<>();
        Optional<Bytes> key = next(map, Optional.empty());
        while (key.isPresent()) {
            Bytes present = key.get();
            value(map, present).ifPresent(value -> elements.put(present, text.apply(map, value)));
            key = next(map, key);
        }
        return Words.contents(description.frozen(), elements);
    }

    private static Optional<Bytes> next(MapHandle map, Optional<Bytes> key) {
        try {
            return Optional.of(map.nextKey(key).value());
        } catch (NestmapException e) {
            return StoreSubject.end(e);
        }
    }

    private static Optional<Value> value(MapHandle map, Bytes key) {
        try {
            return Optional.of(map.lookup(key).value());
        } catch (NestmapException e) {
            return StoreSubject.end(e);
        }
    }
}
