package dev.nestmap.client.codec;

import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;

/** Bytes or an expression. */
record NodeValueCodec<T>(Codec<T> plain) implements ValueCodec<NodeValue<T>> {
    @Override
    public int sizeBytes() {
        return plain.sizeBytes();
    }

    @Override
    public boolean fits(MapType type) {
        return !type.isOuter();
    }

    @Override
    public Value toValue(NodeValue<T> value) {
        return switch (value) {
            case NodeValue.Plain<T>(T number) -> plain.toValue(number);
            case NodeValue.Expression<T>(NodeExpression expression) ->
                new Value.Expression(expression.toString());
        };
    }

    @Override
    public NodeValue<T> fromValue(Value value) {
        return value instanceof Value.Expression(String text)
                ? NodeValue.expression(text)
                : NodeValue.of(plain.fromValue(value));
    }

    @Override
    public String toString() {
        return plain + " or node expression";
    }
}
