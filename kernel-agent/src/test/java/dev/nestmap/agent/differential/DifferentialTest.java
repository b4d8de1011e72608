package dev.nestmap.agent.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.agent.differential.Twins.Answers;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.libbpf.LibbpfKernel;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.MapState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on the six types give the same in the model and on the kernel of this host: 8 seeds of 12,500 operations.
 * {@code -Dnestmap.differential.operations=N} makes it more for each seed. Slots are changed rarely, because each change waits
 * for a grace period of the kernel's.
 */
class DifferentialTest {
    private static final int OPERATIONS = Integer.getInteger("nestmap.differential.operations",
            12_500);
    private static final int OPERATIONS_PER_FLEET = 500;
    private static final List<MapType> TYPES = List.of(MapType.ARRAY, MapType.HASH, MapType.DEVMAP,
            MapType.DEVMAP_HASH,
            MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS);
    private static final int[] SOME_FLAGS = {0, 0, 0, 0, MapFlags.NO_PREALLOC, MapFlags.INNER_MAP,
            MapFlags.MMAPABLE,
            MapFlags.RDONLY_PROG, MapFlags.WRONLY_PROG, MapFlags.RDONLY_PROG | MapFlags.WRONLY_PROG,
            MapFlags.RDONLY,
            MapFlags.WRONLY, MapFlags.RDONLY | MapFlags.WRONLY, MapFlags.ZERO_SEED, 2, 1 << 9,
            1 << 19,
            MapFlags.NO_PREALLOC | MapFlags.RDONLY_PROG};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theModelAnswersEveryOperationAsTheKernelDoes(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (Kernel kernel = LibbpfKernel.open()) {
            for (int done = 0; done < OPERATIONS; done += OPERATIONS_PER_FLEET) {
                runFleet(seed, random, kernel);
            }
        }
    }

    private static void runFleet(long seed, SplittableRandom random, Kernel kernel) {
        List<String> transcript = new ArrayList<>();
        try (Twins twins = new Twins(kernel)) {
            for (int i = 0; i < OPERATIONS_PER_FLEET; i++) {
                step(seed, random, twins, transcript);
            }
            for (long map : twins.ids()) {
                check(seed, transcript, "contents of map " + map, twins.contents(map));
            }
        }
    }

    private static void step(long seed, SplittableRandom random, Twins twins,
            List<String> transcript) {
        List<Long> ids = twins.ids();
        if (ids.size() < 6 || random.nextInt(40) == 0) {
            MapSpec shape = shape(random, twins);
            Optional<Long> template = shape.type().isOuter() && !ids.isEmpty()
                    ? Optional.of(pick(random, ids))
                    : Optional.empty();
            if (shape.type().isOuter() && template.isEmpty()) {
                return;
            }
            check(seed, transcript, "create %s template %s".formatted(shape, template),
                    twins.create(shape, template));
            return;
        }
        long map = pick(random, ids);
        MapState target = twins.map(map);
        boolean outer = target.spec().type().isOuter();
        Bytes key = key(random, target.spec());
        switch (random.nextInt(outer ? 60 : 16)) {
            case 0, 1, 2, 3, 4 -> {
                Value value = value(random, twins, target.spec());
                long flags = flags(random);
                check(seed, transcript,
                        "update %s key %s value %s flags %d".formatted(target.spec(), key, value,
                                flags),
                        twins.update(map, key, value, flags));
            }
            case 5, 6 -> check(seed, transcript, "delete %s key %s".formatted(target.spec(), key),
                    twins.delete(map, key));
            case 7 ->
                check(seed, transcript, "lookup and delete %s key %s".formatted(target.spec(), key),
                        twins.lookupAndDelete(map, key));
            case 8 -> {
                List<Element> elements = new ArrayList<>();
                for (int i = random.nextInt(1, 6); i > 0; i--) {
                    Value value = outer
                            ? new Value.Slot(new MapRef.ById(pick(random, ids)))
                            : value(random, twins, target.spec());
                    elements.add(new Element(key(random, target.spec()), value));
                }
                check(seed, transcript, "update batch %s %s".formatted(target.spec(), elements),
                        twins.updateBatch(map, elements));
            }
            case 9 -> {
                List<Bytes> keys = new ArrayList<>();
                for (int i = random.nextInt(1, 4); i > 0; i--) {
                    keys.add(key(random, target.spec()));
                }
                check(seed, transcript, "delete batch %s %s".formatted(target.spec(), keys),
                        twins.deleteBatch(map, keys));
            }
            case 10 -> {
                if (random.nextInt(12) == 0) {
                    check(seed, transcript, "freeze %s".formatted(target.spec()),
                            twins.freeze(map));
                }
            }
            case 11 -> check(seed, transcript, "contents of %s".formatted(target.spec()),
                    twins.contents(map));
            case 12, 13 -> {
                Optional<Bytes> from = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(key);
                check(seed, transcript, "getnext %s key %s".formatted(target.spec(), from),
                        twins.nextKey(map, from));
            }
            default -> check(seed, transcript, "lookup %s key %s".formatted(target.spec(), key),
                    twins.lookup(map, key));
        }
    }

    private static void check(long seed, List<String> transcript, String operation,
            Answers answers) {
        transcript.add(operation + " -> " + answers.model());
        assertEquals(answers.kernel(), answers.model(),
                () -> "seed %d, operation:%n  %s%nafter:%n  %s".formatted(seed, operation,
                        String.join(System.lineSeparator() + "  ", transcript)));
    }

    /** Half of the shapes repeat one that is there, so that templates match now and then. */
    private static MapSpec shape(SplittableRandom random, Twins twins) {
        List<Long> ids = twins.ids();
        if (!ids.isEmpty() && random.nextInt(3) == 0) {
            MapSpec spec = twins.map(pick(random, ids)).spec();
            boolean dev = spec.type() == MapType.DEVMAP || spec.type() == MapType.DEVMAP_HASH;
            MapSpec same = dev ? spec.withFlags(spec.flags() & ~MapFlags.RDONLY_PROG) : spec;
            return random.nextInt(3) > 0
                    ? same
                    : MapSpec
                            .of("default", "x", spec.type(), spec.keySize(), spec.valueSize(),
                                    spec.maxEntries() + 1)
                            .withFlags(same.flags());
        }
        MapType type = TYPES.get(random.nextInt(TYPES.size()));
        boolean odd = random.nextInt(5) == 0;
        boolean hashed = type == MapType.HASH || type == MapType.HASH_OF_MAPS;
        int keySize = odd ? random.nextInt(0, 10) : hashed ? random.nextInt(1, 9) : 4;
        int valueSize = odd
                ? random.nextInt(0, 10)
                : type == MapType.ARRAY || type == MapType.HASH
                        ? random.nextInt(1, 12)
                        : type.isOuter() || random.nextBoolean() ? 4 : 8;
        int entries = odd ? random.nextInt(0, 3) : random.nextInt(1, 7);
        int flags = random.nextInt(3) > 0 ? 0 : SOME_FLAGS[random.nextInt(SOME_FLAGS.length)];
        return MapSpec.of("default", "x", type, keySize, valueSize, entries).withFlags(flags);
    }

    private static long flags(SplittableRandom random) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> 1;
            case 2, 3 -> 2;
            case 4 -> 3;
            case 5 -> random.nextInt(4, 64);
            case 6 -> 1L << random.nextInt(64);
            default -> 0;
        };
    }

    /** Few different keys, a little beyond the range. */
    private static Bytes key(SplittableRandom random, MapSpec spec) {
        byte[] key = new byte[spec.keySize()];
        key[0] = (byte) random.nextInt(spec.maxEntries() + 2);
        if (random.nextInt(50) == 0) {
            random.nextBytes(key);
        }
        return Bytes.wrap(key);
    }

    private static Value value(SplittableRandom random, Twins twins, MapSpec spec) {
        return switch (spec.type()) {
            case ARRAY_OF_MAPS, HASH_OF_MAPS -> new Value.Slot(
                    new MapRef.ById(
                            random.nextInt(8) == 0 ? Twins.NO_MAP : pick(random, twins.ids())));
            case DEVMAP, DEVMAP_HASH -> {
                Bytes loopbackOrNone = Bytes.u32le(random.nextInt(4) == 0 ? 0 : 1);
                int program = random.nextInt(4) == 0 ? random.nextInt(-2, 1_000_000) : 0;
                yield new Value.Data(spec.valueSize() == 4
                        ? loopbackOrNone
                        : loopbackOrNone.concat(Bytes.u32le(program)));
            }
            default -> {
                byte[] bytes = new byte[spec.valueSize()];
                if (random.nextInt(4) > 0) {
                    random.nextBytes(bytes);
                }
                yield new Value.Data(Bytes.wrap(bytes));
            }
        };
    }

    private static long pick(SplittableRandom random, List<Long> ids) {
        return ids.get(random.nextInt(ids.size()));
    }
}
