package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Keys and values that hit something. */
final class Elements {
    /** A file descriptor that is not open. */
    static final int NO_DESCRIPTOR = 1_000_000;
    private static final int MANY = 128;

    private final SplittableRandom random;

    Elements(SplittableRandom random) {
        this.random = random;
    }

    /** Few different keys, a little beyond the range. */
    Bytes key(MapSpec spec) {
        byte[] key = new byte[spec.keySize()];
        if (key.length == 0) {
            return Bytes.empty();
        }
        if (spec.type() == MapType.LPM_TRIE) {
            return prefix(spec);
        }
        if (Types.isLocalStorage(spec.type())) {
            return Bytes.u32le(NO_DESCRIPTOR + random.nextInt(4));
        }
        key[0] = (byte) random.nextInt((int) Math.min(spec.capacity(), 12) + 2);
        if (random.nextInt(50) == 0) {
            random.nextBytes(key);
        }
        return Bytes.wrap(key);
    }

    private Bytes prefix(MapSpec spec) {
        int bits = 8 * (spec.keySize() - 4);
        byte[] data = new byte[spec.keySize() - 4];
        data[0] = (byte) (random.nextInt(8) << 5);
        data[data.length - 1] |= (byte) random.nextInt(4);
        int length = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(4);
            case 1 -> bits - random.nextInt(3);
            default -> random.nextInt(bits + 2);
        };
        return Bytes.u32le(random.nextInt(60) == 0 ? random.nextInt() : length)
                .concat(Bytes.wrap(data));
    }

    Value value(ModelSubject model, MapSpec spec) {
        return switch (spec.type()) {
            case ARRAY_OF_MAPS, HASH_OF_MAPS -> new Value.Slot(new MapRef.ById(
                    random.nextInt(8) == 0 ? Integer.MAX_VALUE : pick(model)));
            case DEVMAP, DEVMAP_HASH -> number(spec, random.nextInt(4) == 0 ? 0 : 1);
            case CPUMAP -> number(spec, switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> 16_385;
                case 2 -> random.nextInt();
                default -> random.nextInt(1, 200);
            });
            case PROG_ARRAY, CGROUP_ARRAY, PERF_EVENT_ARRAY, XSKMAP ->
                new Value.Data(Bytes.u32le(NO_DESCRIPTOR));
            case SOCKMAP, SOCKHASH, REUSEPORT_SOCKARRAY -> descriptor(spec);
            default -> MapRules.isPerCpu(spec.type()) && random.nextInt(3) == 0
                    ? perCpu(spec, model.cpus())
                    : new Value.Data(bytes(spec.valueSize()));
        };
    }

    /** A number, then where there is room a program that does not exist. */
    private Value number(MapSpec spec, int number) {
        int program = random.nextInt(4) == 0 ? random.nextInt(-2, 2) * NO_DESCRIPTOR : 0;
        return new Value.Data(spec.valueSize() == 4
                ? Bytes.u32le(number)
                : Bytes.u32le(number).concat(Bytes.u32le(program)));
    }

    private Value descriptor(MapSpec spec) {
        int descriptor = random.nextInt(3) == 0 ? random.nextInt(-5, 0) : NO_DESCRIPTOR;
        return new Value.Data(spec.valueSize() == 4
                ? Bytes.u32le(descriptor)
                : Bytes.u64le(random.nextBoolean() ? descriptor : (long) NO_DESCRIPTOR << 12));
    }

    private Value perCpu(MapSpec spec, int cpus) {
        List<Bytes> values = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            values.add(bytes(spec.valueSize()));
        }
        return new Value.PerCpu(values);
    }

    /** Often the same again. */
    Bytes bytes(int size) {
        byte[] bytes = new byte[size];
        if (size > 0 && random.nextInt(3) > 0) {
            bytes[0] = (byte) random.nextInt(12);
        }
        if (random.nextInt(3) == 0) {
            random.nextBytes(bytes);
            if (size > MANY) { // its both ends say enough, and a transcript of it stays short
                Arrays.fill(bytes, MANY / 2, size - MANY / 2, (byte) 0);
            }
        }
        return Bytes.wrap(bytes);
    }

    private int pick(ModelSubject model) {
        List<Integer> maps = model.maps();
        return maps.get(random.nextInt(maps.size()));
    }
}
