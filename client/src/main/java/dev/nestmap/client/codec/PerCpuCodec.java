package dev.nestmap.client.codec;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.List;

/** One value for all CPUs, or one for each. */
record PerCpuCodec<T>(Codec<T> single) implements ValueCodec<PerCpu<T>> {
    @Override
    public int sizeBytes() {
        return single.sizeBytes();
    }

    @Override
    public boolean fits(MapType type) {
        return !type.isOuter();
    }

    @Override
    public Value toValue(PerCpu<T> value) {
        return switch (value) {
            case PerCpu.Same<T>(T all) -> single.toValue(all);
            case PerCpu.Each<T>(List<T> values) ->
                new Value.PerCpu(values.stream().map(single::encode).toList());
        };
    }

    @Override
    public PerCpu<T> fromValue(Value value) {
        return value instanceof Value.PerCpu(List<Bytes> values)
                ? new PerCpu.Each<>(values.stream().map(single::decode).toList())
                : new PerCpu.Same<>(single.fromValue(value));
    }

    @Override
    public String toString() {
        return single + " per CPU";
    }
}
