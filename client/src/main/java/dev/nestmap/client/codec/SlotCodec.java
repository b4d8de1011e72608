package dev.nestmap.client.codec;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;

/** The map in a slot. */
record SlotCodec() implements ValueCodec<MapRef> {
    /** A file descriptor towards the kernel, an id from it: what an outer map's value_size counts. */
    @Override
    public int sizeBytes() {
        return 4;
    }

    @Override
    public boolean fits(MapType type) {
        return type.isOuter();
    }

    @Override
    public Value toValue(MapRef map) {
        return new Value.Slot(map);
    }

    @Override
    public MapRef fromValue(Value value) {
        if (value instanceof Value.Slot(MapRef map)) {
            return map;
        }
        throw new IllegalArgumentException(
                "%s reads slots, the value is %s".formatted(this, value));
    }

    @Override
    public String toString() {
        return "slot";
    }
}
