package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.ElementWalk;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.tree.Tree;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KnownFingerprintTest {
    private static final long SEED = 20_261_123;
    private static final int ELEMENTS = 6000;

    @ParameterizedTest
    @CsvSource({"LIBBPF,4,4", "LIBBPF,5,13", "LIBBPF,8,300", "SIMULATED,4,4", "SIMULATED,5,13"})
    void itIsThatOfReadingAMapThatHoldsJustWhatIsKnown(Side side, int keySize, int valueSize)
            throws Exception {
        Random random = new Random(SEED);
        TreeMap<Bytes, @Nullable Bytes> elements = new TreeMap<>();
        while (elements.size() < ELEMENTS) {
            elements.put(random(random, keySize), random(random, valueSize));
        }
        KernelUnderTest tested = new KernelUnderTest(side);
        try (KernelMap map = tested.create(MapType.HASH, keySize, valueSize, ELEMENTS, 0)) {
            for (var element : elements.entrySet()) {
                map.update(element.getKey(), element.getValue(), UpdateFlags.ANY);
            }
            MapSpec spec = MapSpec.of("default", "m", MapType.HASH, keySize, valueSize, ELEMENTS)
                    .withOwnership(Ownership.EXCLUSIVE);
            Fingerprint known = known(spec, Tree.ofBytes().edit(elements)).orElseThrow();
            assertTrue(known.isSame(read(map)), "seed " + SEED);
            elements.put(elements.firstKey(), random(random, valueSize));
            assertFalse(known(spec, Tree.ofBytes().edit(elements)).orElseThrow()
                    .isSame(read(map)), "seed " + SEED);
        } finally {
            tested.close();
        }
    }

    @Test
    void itIsNotMadeWhereElementsAreReadInAnotherFormOrOthersHaveSome() {
        for (MapType type : new MapType[]{MapType.ARRAY, MapType.PERCPU_HASH, MapType.LRU_HASH,
                MapType.DEVMAP_HASH}) {
            assertEquals(Optional.empty(), known(MapSpec.of("default", "m", type, 4, 4, 8)
                    .withOwnership(Ownership.EXCLUSIVE), Tree.ofBytes()), type.word());
        }
        assertEquals(Optional.empty(), known(MapSpec.of("default", "m", MapType.HASH, 4, 4, 8)
                .withOwnership(Ownership.SHARED), Tree.ofBytes()));
    }

    private static Optional<Fingerprint> known(MapSpec spec, Tree<Bytes> elements) {
        Optional<KnownFingerprint> known = KnownFingerprint.of(spec,
                new Contents(elements, new TreeMap<>(), 0));
        while (known.isPresent() && known.get().step()) {
            // A part of it at a time.
        }
        return known.flatMap(KnownFingerprint::made);
    }

    private static Fingerprint read(KernelMap map) throws KernelException {
        Fingerprint read = new Fingerprint();
        ElementWalk walk = map.walk(1 << 14);
        ElementWalk.Page page = walk.next();
        read.add(page.elements());
        while (!page.last()) {
            page = walk.next();
            read.add(page.elements());
        }
        return read;
    }

    private static Bytes random(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }
}
