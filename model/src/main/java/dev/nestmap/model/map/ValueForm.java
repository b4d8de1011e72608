package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;

/** How the values of a type stand in the tree. */
enum ValueForm {
    /** The bytes themselves. */
    DATA {
        @Override
        Bytes stored(Value value) {
            return ((Value.Data) value).bytes();
        }

        @Override
        Value value(Bytes stored) {
            return new Value.Data(stored);
        }
    },
    /** The map's id, eight bytes. */
    SLOT {
        @Override
        Bytes stored(Value value) {
            return Bytes.u64be(((MapRef.ById) ((Value.Slot) value).map()).id());
        }

        @Override
        Value value(Bytes stored) {
            return new Value.Slot(new MapRef.ById(stored.longBe(0)));
        }
    },
    /** A byte that tells, then the bytes (0) or the expression's text (1). */
    DATA_OR_EXPRESSION {
        @Override
        Bytes stored(Value value) {
            return switch (value) {
                case Value.Data(Bytes bytes) -> Bytes.of(0).concat(bytes);
                case Value.Expression(String text) -> Bytes.of(1)
                        .concat(Bytes.utf8(NodeExpression.parse(text).orElseThrow().toString()));
                case Value.Slot slot ->
                    throw new IllegalArgumentException("a slot where there is none: " + slot);
            };
        }

        @Override
        Value value(Bytes stored) {
            Bytes body = stored.slice(1, stored.size());
            return stored.at(0) == 0 ? new Value.Data(body) : new Value.Expression(body.toUtf8());
        }
    };

    /** The form in the tree; the value's kind and size were checked before. */
    abstract Bytes stored(Value value);

    /** The reverse of {@link #stored}. */
    abstract Value value(Bytes stored);
}
