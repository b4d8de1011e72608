package dev.nestmap.agent.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole maps in pages, on both sides of the port: what was written is found, and the least difference too. */
final class MapPagesTest {
    private static final int ENTRIES = 3_001;

    private final Random random = new Random(11);
    private @Nullable KernelUnderTest tested;

    @AfterEach
    void close() throws Exception {
        if (tested != null) {
            tested.close();
        }
    }

    static Stream<Arguments> specs() {
        return Stream
                .of(spec(MapType.ARRAY, 4, 4, MapFlags.MMAPABLE),
                        spec(MapType.ARRAY, 4, 8, MapFlags.MMAPABLE),
                        spec(MapType.ARRAY, 4, 13, MapFlags.MMAPABLE),
                        spec(MapType.ARRAY, 4, 300, MapFlags.MMAPABLE),
                        spec(MapType.ARRAY, 4, 8, MapFlags.MMAPABLE | MapFlags.RDONLY_PROG),
                        spec(MapType.ARRAY, 4, 1, 0), spec(MapType.ARRAY, 4, 8, 0),
                        spec(MapType.ARRAY, 4, 300, 0), spec(MapType.HASH, 1, 8, 0),
                        spec(MapType.HASH, 4, 8, 0), spec(MapType.HASH, 13, 5, 0),
                        spec(MapType.HASH, 4, 300, MapFlags.NO_PREALLOC))
                .flatMap(spec -> Stream.of(Side.values()).map(side -> Arguments.of(side, spec)));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void whatWasWrittenIsFoundAndNothingElse(Side side, MapSpec spec) throws Exception {
        KernelUnderTest kernel = new KernelUnderTest(side);
        tested = kernel;
        // The first and the last index, a gap, and a run that is longer than a page.
        for (int share : new int[]{0, 1, 50, 100}) {
            Tree<Bytes> elements = elements(spec, share);
            KernelMap map = kernel.create(spec.type(), spec.keySize(), spec.valueSize(), ENTRIES,
                    spec.flags());
            assertTrue(MapPages.suit(spec, elements));
            MapPages.fill(spec, map, elements);
            for (Entry<Bytes> entry : elements) {
                assertEquals(entry.value(),
                        map.lookup(StoredElements.wireKey(spec, entry.key())).orElseThrow());
            }
            assertTrue(MapPages.holds(spec, map, elements));
            for (int i = 0; i < 5; i++) {
                Bytes key = key(spec, random.nextInt(ENTRIES));
                Bytes stored = StoredElements.storedKey(spec, key);
                Bytes wanted = elements.get(stored);
                assertFalse(MapPages.holds(spec, map,
                        elements.with(stored, changed(spec, wanted))));
                if (wanted != null) {
                    assertFalse(MapPages.holds(spec, map, elements.without(stored)));
                }
                map.update(key, changed(spec, wanted), UpdateFlags.ANY);
                assertFalse(MapPages.holds(spec, map, elements));
                if (wanted != null) {
                    map.update(key, wanted, UpdateFlags.ANY);
                } else if (MapRules.isDense(spec.type())) {
                    map.update(key, Bytes.zeros(spec.valueSize()), UpdateFlags.ANY);
                } else {
                    map.delete(key);
                }
                assertTrue(MapPages.holds(spec, map, elements));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void whatTheKernelRefusesIsTold(Side side, MapSpec spec) throws Exception {
        KernelUnderTest kernel = new KernelUnderTest(side);
        tested = kernel;
        if (spec.keySize() < Integer.BYTES) {
            return;
        }
        Tree<Bytes> elements = elements(spec, 100);
        KernelMap small = kernel.create(spec.type(), spec.keySize(), spec.valueSize(), 10,
                spec.flags());
        MapSpec wanted = MapSpec.of("default", "m", spec.type(), spec.keySize(),
                spec.valueSize(), 10).withFlags(spec.flags());
        KernelUnderTest.assertRefused(Errno.E2BIG,
                () -> MapPages.fill(wanted, small, elements));
        small.freeze();
        KernelUnderTest.assertRefused(Errno.EPERM,
                () -> MapPages.fill(wanted, small, elements));
    }

    /** Some of all possible elements: 0, 1 (percent: the first and the last), 50 or 100. */
    private Tree<Bytes> elements(MapSpec spec, int share) {
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        for (int i = 0; i < ENTRIES; i++) {
            boolean isEnd = i == 0 || i == ENTRIES - 1;
            if (share == 100 || (share > 0 && isEnd) || (share == 50 && i / 200 % 2 == 0)) {
                KernelElement element = new KernelElement(key(spec, i), changed(spec, null));
                elements.put(StoredElements.storedKey(spec, element.key()), element.value());
            }
        }
        return Tree.ofBytes().edit(elements);
    }

    private static Bytes key(MapSpec spec, int number) {
        return Bytes.u32le(number)
                .concat(Bytes.zeros(Math.max(0, spec.keySize() - Integer.BYTES)))
                .slice(0, spec.keySize());
    }

    /** Another value, not zero, which differs in one bit where there was one. */
    private Bytes changed(MapSpec spec, @Nullable Bytes value) {
        byte[] bytes = value == null ? new byte[spec.valueSize()] : value.toByteArray();
        if (value == null) {
            random.nextBytes(bytes);
            bytes[0] |= 2;
        } else {
            bytes[bytes.length - 1] ^= (byte) (bytes.length == 1 ? 4 : 1);
        }
        return Bytes.wrap(bytes);
    }

    private static MapSpec spec(MapType type, int keySize, int valueSize, int flags) {
        return MapSpec.of("default", "m", type, keySize, valueSize, ENTRIES).withFlags(flags);
    }
}
