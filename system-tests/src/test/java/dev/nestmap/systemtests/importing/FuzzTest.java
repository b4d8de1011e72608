package dev.nestmap.systemtests.importing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.btf.BpftoolForm;
import dev.nestmap.model.btf.Btf;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.MinimalBtf;
import dev.nestmap.model.btf.Shape;
import dev.nestmap.model.btf.ShapeBuilder;
import dev.nestmap.model.btf.ValueReader;
import dev.nestmap.model.btf.ValueWriter;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.object.BpfObject;
import dev.nestmap.model.object.MapDefinition;
import dev.nestmap.systemtests.rig.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Changed object files and changed BTF end with a value or a refusal, each within seconds. {@code -Dnestmap.fuzz.seconds=600}
 * runs each of the two for so long, {@code -Dnestmap.fuzz.seed=N} from another seed.
 */
class FuzzTest {
    private static final Duration LIMIT = Duration
            .ofSeconds(Integer.getInteger("nestmap.fuzz.seconds", 8));
    private static final long FIRST_SEED = Long.getLong("nestmap.fuzz.seed", 1);
    private static final long CASE_LIMIT_NANOS = 5_000_000_000L;

    private interface Attempt {
        boolean run(byte[] data, Random random);
    }

    @Test
    void changedObjectFilesAreReadOrRefused() throws Exception {
        fuzz("object files", objects(), (data, random) -> {
            Outcome<BpfObject> outcome = BpfObject.parse(Bytes.wrap(data));
            if (!(outcome instanceof Outcome.Done<BpfObject>(BpfObject object))) {
                return false;
            }
            object.maps().forEach(FuzzTest::use);
            return true;
        });
    }

    @Test
    void changedTypesAreReadOrRefused() throws Exception {
        List<byte[]> sections = new ArrayList<>();
        for (byte[] object : objects()) {
            BpfObject read = ((Outcome.Done<BpfObject>) BpfObject.parse(Bytes.wrap(object)))
                    .value();
            read.maps()
                    .forEach(map -> map.btf()
                            .ifPresent(
                                    btf -> sections.add(btf.data().toByteArray())));
        }
        fuzz("BTF sections", sections, (data, random) -> {
            Outcome<Btf> outcome = Btf.parse(Bytes.wrap(data));
            if (!(outcome instanceof Outcome.Done<Btf>(Btf btf))) {
                return false;
            }
            for (int i = 0; i < 4; i++) {
                use(btf, random.nextInt(btf.typeCount()), random.nextInt(btf.typeCount()),
                        random);
            }
            return true;
        });
    }

    private static void use(MapDefinition map) {
        map.btf().ifPresent(MapBtf::resolve);
    }

    private static void use(Btf btf, int key, int value, Random random) {
        if (ShapeBuilder.shape(btf, value) instanceof Outcome.Done<Shape>(Shape shape)) {
            byte[] bytes = new byte[shape.sizeBytes()];
            random.nextBytes(bytes);
            BpftoolForm.read(shape, Bytes.wrap(bytes));
            ValueWriter.write("value", shape, ValueReader.read(shape, Bytes.wrap(bytes)));
        }
        if (MinimalBtf.of(btf, key, value) instanceof Outcome.Done<MapBtf>(MapBtf cut)) {
            var _ = MapRules.checkBtf(
                    MapSpec.of("default", "m", MapType.HASH, 4, 8, 1).withBtf(cut));
        }
    }

    private static void fuzz(String what, List<byte[]> samples, Attempt attempt) {
        long end = System.nanoTime() + LIMIT.toNanos();
        long cases = 0;
        long read = 0;
        long slowest = 0;
        while (System.nanoTime() < end) {
            long seed = FIRST_SEED + cases++;
            // Neighbouring seeds of java.util.Random begin alike.
            Random random = new Random(new SplittableRandom(seed).nextLong());
            byte[] data = changed(samples.get(random.nextInt(samples.size())), random);
            long from = System.nanoTime();
            try {
                read += attempt.run(data, random) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("%s, seed %d: %s".formatted(what, seed, e), e);
            }
            long took = System.nanoTime() - from;
            slowest = Math.max(slowest, took);
            assertTrue(took < CASE_LIMIT_NANOS,
                    "%s, seed %d: took %d ms".formatted(what, seed, took / 1_000_000));
        }
        System.out.printf("fuzzed %d %s, %d of them still readable, the slowest %d ms%n", cases,
                what, read, slowest / 1_000_000);
        assertTrue(read > 0, "every change was refused at once: this tests nothing");
    }

    private static byte[] changed(byte[] sample, Random random) {
        byte[] data = sample.clone();
        int changes = 1 << random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(data.length);
            switch (random.nextInt(6)) {
                case 0 -> data[at] = (byte) random.nextInt();
                case 1 -> data[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> data[at] = random.nextBoolean() ? (byte) 0xff : 0;
                case 3 -> data[at & ~3] = (byte) random.nextInt(32);
                case 4 -> copy(data, random, at, 4);
                default -> copy(data, random, at, random.nextInt(64));
            }
        }
        return random.nextInt(20) == 0
                ? Arrays.copyOf(data, random.nextInt(data.length))
                : data;
    }

    private static void copy(byte[] data, Random random, int at, int length) {
        int from = random.nextInt(data.length);
        System.arraycopy(data, from, data, at,
                Math.min(length, data.length - Math.max(at, from)));
    }

    private static List<byte[]> objects() throws IOException {
        List<byte[]> objects = new ArrayList<>();
        for (String name : List.of("balancer", "director", "enforcer")) {
            objects.add(Files.readAllBytes(BpfProgram.compile("import_" + name)));
        }
        return objects;
    }
}
