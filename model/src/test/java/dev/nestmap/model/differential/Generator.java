package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.MapState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** Operations that hit something: few maps, few keys. The model says what is there. */
public final class Generator {
    private static final int MAPS_AT_LEAST = 8;
    /** Slot changes wait for a grace period of the kernel's, so they are rare. */
    private static final int OUTER_VERBS = 160;
    private static final int VERBS = 18;
    /** A file descriptor that is not open. */
    private static final int NO_DESCRIPTOR = 1_000_000;

    private final SplittableRandom random;
    private final Shapes shapes;
    private int created;

    /** Gives the same operations for the same random numbers and the same answers of the model. */
    public Generator(SplittableRandom random) {
        this.random = random;
        this.shapes = new Shapes(random);
    }

    /** The next operation on the maps of the model. */
    public Operation next(ModelSubject model) {
        List<Integer> maps = model.maps();
        if (maps.size() < MAPS_AT_LEAST || random.nextInt(25) == 0) {
            return create(model, maps);
        }
        int number = pick(maps);
        MapState map = Objects.requireNonNull(model.map(number));
        return verb(model, number, map.spec());
    }

    private Operation create(ModelSubject model, List<Integer> maps) {
        MapSpec shape = !maps.isEmpty() && random.nextInt(4) == 0
                ? shapes.like(Objects.requireNonNull(model.map(pick(maps))).spec())
                : shapes.next();
        Optional<Integer> template = shape.type().isOuter() && !maps.isEmpty()
                ? Optional.of(pick(maps))
                : Optional.empty();
        return new Operation.Create(created++, shape, template);
    }

    private Operation verb(ModelSubject model, int map, MapSpec spec) {
        Bytes key = key(spec);
        boolean outer = spec.type().isOuter();
        return switch (random.nextInt(outer ? OUTER_VERBS : VERBS)) {
            case 0, 1, 2, 3, 4 ->
                new Operation.Update(map, new Element(key, value(model, spec)), flags());
            case 5, 6 -> new Operation.Delete(map, key);
            case 7, 8 -> new Operation.Take(map, key);
            case 9 -> new Operation.UpdateBatch(map, elements(model, spec), batchFlags());
            case 10 -> new Operation.DeleteBatch(map, keys(spec), batchFlags());
            case 11 -> random.nextInt(12) == 0
                    ? new Operation.Freeze(map)
                    : new Operation.Contents(map);
            case 12, 13, 14 -> new Operation.NextKey(map,
                    random.nextInt(4) == 0 || spec.keySize() == 0
                            ? Optional.empty()
                            : Optional.of(key));
            default -> new Operation.Lookup(map, key,
                    spec.type() == MapType.BLOOM_FILTER
                            ? Optional.of(bytes(spec.valueSize()))
                            : Optional.empty(),
                    random.nextInt(20) == 0 ? flags() : 0);
        };
    }

    private List<Element> elements(ModelSubject model, MapSpec spec) {
        List<Element> elements = new ArrayList<>();
        for (Bytes key : keys(spec)) {
            elements.add(new Element(key, value(model, spec)));
        }
        return elements;
    }

    private List<Bytes> keys(MapSpec spec) {
        List<Bytes> keys = new ArrayList<>();
        for (int i = random.nextInt(0, 6); i > 0; i--) {
            keys.add(key(spec));
        }
        return keys;
    }

    private long flags() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> 1;
            case 2, 3 -> 2;
            case 4 -> 3;
            case 5 -> random.nextInt(4, 64);
            case 6 -> 1L << random.nextInt(64);
            default -> 0;
        };
    }

    private long batchFlags() {
        return random.nextInt(12) == 0 ? flags() : 0;
    }

    /** Few different keys, a little beyond the range. */
    private Bytes key(MapSpec spec) {
        byte[] key = new byte[spec.keySize()];
        if (key.length == 0) {
            return Bytes.empty();
        }
        if (spec.type() == MapType.LPM_TRIE) {
            return prefix(spec);
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

    private Value value(ModelSubject model, MapSpec spec) {
        return switch (spec.type()) {
            case ARRAY_OF_MAPS, HASH_OF_MAPS -> new Value.Slot(new MapRef.ById(
                    random.nextInt(8) == 0 ? Integer.MAX_VALUE : pick(model.maps())));
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
    private Bytes bytes(int size) {
        byte[] bytes = new byte[size];
        if (size > 0 && random.nextInt(3) > 0) {
            bytes[0] = (byte) random.nextInt(12);
        }
        if (random.nextInt(3) == 0) {
            random.nextBytes(bytes);
        }
        return Bytes.wrap(bytes);
    }

    private int pick(List<Integer> maps) {
        return maps.get(random.nextInt(maps.size()));
    }
}
