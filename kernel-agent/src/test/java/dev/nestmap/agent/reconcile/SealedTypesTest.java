package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of inner map that can be published sealed, on both sides of the port; each publish by an agent that just started. */
final class SealedTypesTest {
    private static final long OUTER = 1;
    private static final long INNER = 2;
    private static final int FIRST = 3;
    private static final int SECOND = 700;

    private @Nullable KernelUnderTest tested;
    private final Fleet fleet = new Fleet();

    private final List<KernelMap> opened = new ArrayList<>();

    @AfterEach
    void closeKernel() throws Exception {
        opened.forEach(KernelMap::close);
        if (tested != null) {
            tested.close();
        }
    }

    static Stream<Arguments> specs() {
        return Stream
                .of(spec(MapType.HASH, 4, 4, 0), spec(MapType.HASH, 4, 12, MapFlags.NO_PREALLOC),
                        spec(MapType.ARRAY, 4, 4, 0), spec(MapType.ARRAY, 4, 13, 0),
                        spec(MapType.ARRAY, 4, 4, MapFlags.MMAPABLE),
                        spec(MapType.ARRAY, 4, 13, MapFlags.MMAPABLE),
                        spec(MapType.ARRAY, 4, 8, MapFlags.INNER_MAP),
                        spec(MapType.ARRAY, 4, 8, MapFlags.RDONLY_PROG),
                        spec(MapType.PERCPU_HASH, 4, 6, 0), spec(MapType.PERCPU_ARRAY, 4, 6, 0),
                        spec(MapType.LPM_TRIE, 8, 4, MapFlags.NO_PREALLOC))
                .map(spec -> spec.withOwnership(Ownership.EXCLUSIVE))
                .flatMap(spec -> Stream.of(Side.values()).map(side -> Arguments.of(side, spec)));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void newContentsAreInAnotherMapAndTheFormerOnesAreGoneBackTo(Side side, MapSpec spec)
            throws Exception {
        tested = new KernelUnderTest(side);
        define(spec);
        fill(FIRST);
        settle();
        int first = inSlot();
        Map<Bytes, Bytes> before = contents(first);
        fill(SECOND);
        settle();
        int second = inSlot();
        assertNotEquals(first, second);
        assertNotEquals(before, contents(second));
        assertEquals(before, contents(first), "the former generation");
        assertEquals(true, open(first).frozen() && open(second).frozen());
        fill(FIRST);
        settle();
        assertEquals(first, inSlot(), "gone back to");
        fleet.delete(OUTER, 0).remove(INNER);
        settle();
        assertEquals(List.of(),
                kernel().kernel().pins(new PinPaths(kernel().root()).innerDirectory()));
    }

    /** The kernel freezes no map with a spin lock in its values. */
    @Test
    void aMapWithASpinLockIsBuiltAsideButNotFrozen() throws Exception {
        tested = new KernelUnderTest(Side.LIBBPF);
        MapSpec plain = spec(MapType.HASH, 4, 8, 0);
        InnerTemplate template = new InnerTemplate(plain.type(), plain.keySize(),
                plain.valueSize(), plain.maxEntries(), plain.flags(), OptionalInt.of(0));
        define(plain.withBtf(MapRules.templateBtf(template).orElseThrow()));
        fleet.set(INNER, key(1), data(0, 0, 0, 0, 1, 2, 3, 4));
        settle();
        int first = inSlot();
        fleet.set(INNER, key(1), data(0, 0, 0, 0, 5, 6, 7, 8));
        settle();
        assertNotEquals(first, inSlot());
        assertEquals(Map.of(key(1), Bytes.of(0, 0, 0, 0, 5, 6, 7, 8)), contents(inSlot()));
        assertEquals(false, open(inSlot()).frozen());
    }

    private KernelUnderTest kernel() {
        if (tested == null) {
            throw new IllegalStateException("no kernel yet");
        }
        return tested;
    }

    private void define(MapSpec spec) {
        fleet.define(OUTER,
                MapSpec.of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, 2)
                        .withInnerTemplate(spec.asTemplate())
                        .withPublish(Publish.SEALED))
                .defineInner(INNER, spec)
                .slot(OUTER, 0, INNER);
    }

    /** More than a page of elements, so that they go in several batches. */
    private void fill(int seed) {
        MapSpec spec = fleet.map(INNER).spec();
        for (int i = 0; i < spec.maxEntries() - 1; i++) {
            Bytes key = spec.type() == MapType.LPM_TRIE
                    ? Bytes.u32le(32).concat(Bytes.u32le(i))
                    : key(i);
            byte[] value = new byte[spec.valueSize()];
            value[0] = (byte) (seed + i);
            value[value.length - 1] = (byte) (1 + i % 100);
            fleet.set(INNER, key, new Value.Data(Bytes.wrap(value)));
        }
    }

    /** By an agent that just started; one that starts then finds nothing to do. */
    private void settle() throws KernelException {
        try (Reconciler reconciler = new Reconciler(kernel().kernel(), kernel().root())) {
            assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
            reconciler.release(0);
        }
        assertEquals("",
                Restart.plan(kernel().kernel(), kernel().root(), fleet.desired()).toString());
    }

    private int inSlot() throws KernelException {
        Path pin = new PinPaths(kernel().root()).of(fleet.map(OUTER));
        try (KernelMap outer = kernel().kernel().openPin(pin).orElseThrow()) {
            return outer.lookup(key(0)).orElseThrow().intLe(0);
        }
    }

    private KernelMap open(int kernelId) throws KernelException {
        PinPaths paths = new PinPaths(kernel().root());
        for (String name : kernel().kernel().pins(paths.innerDirectory())) {
            KernelMap map = kernel().kernel()
                    .openPin(paths.innerDirectory().resolve(name))
                    .orElseThrow();
            if (map.info().id() == kernelId) {
                opened.add(map);
                return map;
            }
            map.close();
        }
        throw new AssertionError("no pin leads to " + kernelId);
    }

    private Map<Bytes, Bytes> contents(int kernelId) throws KernelException {
        Map<Bytes, Bytes> contents = new TreeMap<>();
        for (KernelElement element : open(kernelId).readAll()) {
            contents.put(element.key(), element.value());
        }
        return contents;
    }

    private static MapSpec spec(MapType type, int keySize, int valueSize, int flags) {
        return MapSpec.of("default", "inner", type, keySize, valueSize, 5000).withFlags(flags);
    }

    private static Bytes key(int key) {
        return Bytes.u32le(key);
    }

    private static Value.Data data(int... bytes) {
        return new Value.Data(Bytes.of(bytes));
    }
}
