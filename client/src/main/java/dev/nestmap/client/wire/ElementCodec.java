package dev.nestmap.client.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.PerCpuValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys, values, elements. */
public final class ElementCodec {
    private ElementCodec() {}

    /** To the model. */
    public static Bytes bytes(ByteString bytes) {
        return Bytes.wrap(bytes.toByteArray());
    }

    /** To the wire, without a copy: both sides are immutable. */
    public static ByteString bytes(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.asByteBuffer());
    }

    /** To the model; refused where there is no value, or an expression that is too long to be one. */
    public static Value value(dev.nestmap.proto.v1.Value value) throws InvalidMessageException {
        return switch (value.getKindCase()) {
            case DATA -> new Value.Data(bytes(value.getData()));
            case MAP -> new Value.Slot(MapRefCodec.ref(value.getMap()));
            case EXPRESSION -> expression(value.getExpression());
            case PER_CPU -> new Value.PerCpu(keys(value.getPerCpu().getValuesList()));
            case KIND_NOT_SET -> throw new InvalidMessageException(
                    "the value is missing: give data, a map or an expression");
        };
    }

    private static Value expression(String text) throws InvalidMessageException {
        Optional<String> tooLong = NodeExpression.tooLong(text);
        if (tooLong.isPresent()) {
            throw new InvalidMessageException(tooLong.get());
        }
        return new Value.Expression(text);
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.Value value(Value value) {
        var wire = dev.nestmap.proto.v1.Value.newBuilder();
        return switch (value) {
            case Value.Data(Bytes data) -> wire.setData(bytes(data)).build();
            case Value.Slot(MapRef map) -> wire.setMap(MapRefCodec.ref(map)).build();
            case Value.Expression(String text) -> wire.setExpression(text).build();
            case Value.PerCpu(List<Bytes> values) -> wire.setPerCpu(PerCpuValues.newBuilder()
                    .addAllValues(values.stream().map(ElementCodec::bytes).toList())).build();
        };
    }

    /** To the model. */
    public static Element element(dev.nestmap.proto.v1.Element element)
            throws InvalidMessageException {
        return new Element(bytes(element.getKey()), value(element.getValue()));
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.Element element(Element element) {
        return dev.nestmap.proto.v1.Element.newBuilder()
                .setKey(bytes(element.key()))
                .setValue(value(element.value()))
                .build();
    }

    /** To the model. */
    public static List<Element> elements(List<dev.nestmap.proto.v1.Element> elements)
            throws InvalidMessageException {
        List<Element> converted = new ArrayList<>(elements.size());
        for (dev.nestmap.proto.v1.Element element : elements) {
            converted.add(element(element));
        }
        return converted;
    }

    /** To the model. */
    public static List<Value> values(List<dev.nestmap.proto.v1.Value> values)
            throws InvalidMessageException {
        List<Value> converted = new ArrayList<>(values.size());
        for (dev.nestmap.proto.v1.Value value : values) {
            converted.add(value(value));
        }
        return converted;
    }

    /** To the model. */
    public static List<Bytes> keys(List<ByteString> keys) {
        return keys.stream().map(ElementCodec::bytes).toList();
    }
}
