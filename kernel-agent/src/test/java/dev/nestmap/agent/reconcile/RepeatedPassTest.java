package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Passes that only see whether the bytes are the same find what passes that compare find. */
final class RepeatedPassTest {
    private static final long ID = 1;
    /** More than one page of the smallest elements. */
    private static final int ELEMENTS = 5000;

    private final List<KernelUnderTest> tested = new ArrayList<>();
    private final Fleet fleet = new Fleet();
    private long nowNanos;

    @AfterEach
    void close() throws Exception {
        for (KernelUnderTest one : tested) {
            one.close();
        }
    }

    static Stream<Arguments> kinds() {
        List<MapSpec> specs = List.of(spec(MapType.HASH, 4, 4, 0),
                spec(MapType.HASH, 5, 13, MapFlags.NO_PREALLOC), spec(MapType.ARRAY, 4, 8, 0),
                spec(MapType.ARRAY, 4, 13, 0), spec(MapType.PERCPU_HASH, 4, 8, 0),
                spec(MapType.LRU_HASH, 4, 4, 0),
                spec(MapType.LPM_TRIE, 8, 4, MapFlags.NO_PREALLOC));
        return Stream.of(Side.values())
                .flatMap(side -> specs.stream().map(spec -> Arguments.of(side, spec)));
    }

    private static MapSpec spec(MapType type, int keySize, int valueSize, int flags) {
        return MapSpec.of("default", "map", type, keySize, valueSize, 2 * ELEMENTS)
                .withFlags(flags)
                .withOwnership(Ownership.EXCLUSIVE);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whateverWasChangedSinceAPassThatFoundNothingIsFound(Side side, MapSpec spec)
            throws Exception {
        KernelUnderTest host = new KernelUnderTest(side);
        tested.add(host);
        fleet.define(ID, spec);
        for (int i = 0; i < ELEMENTS; i++) {
            fleet.set(ID, key(spec, i), new Value.Data(value(spec, 1 + i)));
        }
        try (Reconciler reconciler = new Reconciler(host.kernel(), host.root(), 2,
                DriftOptions.DEFAULT)) {
            assertEquals(List.of(), reconciler.advance(fleet.desired(), nowNanos).conditions());
            try (KernelMap map = host.kernel()
                    .openPin(host.root().resolve("default/map"))
                    .orElseThrow()) {
                Map<Bytes, Bytes> right = contents(map);
                assertEquals(0, found(reconciler));
                long read = elementsRead(reconciler);
                assertEquals(0, found(reconciler));
                assertEquals(2L * map.readAll().size(), elementsRead(reconciler) - read,
                        "each pass reads each element once");
                change(reconciler, map, spec, 7, 12345);
                // Two elements change places: the same bytes, but not the same elements.
                put(map, spec, 10, 1 + 20);
                put(map, spec, 20, 1 + 10);
                assertTrue(found(reconciler) > 0);
                assertEquals(right, contents(map));
                if (spec.type() != MapType.ARRAY) {
                    assertTrue(map.delete(key(spec, 4999)));
                    assertEquals(spec.type() != MapType.LRU_HASH, found(reconciler) > 0);
                    put(map, spec, 4999, 1 + 4999);
                }
                assertEquals(0, found(reconciler));
                change(reconciler, map, spec, ELEMENTS + 1, 1);
                assertEquals(right, contents(map));
                // What the store changes meanwhile is nobody's tampering.
                fleet.set(ID, key(spec, 5), new Value.Data(value(spec, 777)));
                assertEquals(List.of(), reconciler.advance(fleet.desired(), nowNanos).conditions());
                assertEquals(0, found(reconciler));
                change(reconciler, map, spec, 5, 6);
            }
        }
    }

    private void change(Reconciler reconciler, KernelMap map, MapSpec spec, int index, int value)
            throws KernelException {
        put(map, spec, index, value);
        assertTrue(found(reconciler) > 0, spec + " index " + index);
        assertEquals(0, found(reconciler));
    }

    private static void put(KernelMap map, MapSpec spec, int index, int value)
            throws KernelException {
        Bytes one = value(spec, value);
        Bytes all = one;
        while (all.size() < map.valueWidth()) {
            all = all.concat(one);
        }
        map.update(key(spec, index), all, UpdateFlags.ANY);
    }

    private static Bytes key(MapSpec spec, int index) {
        return switch (spec.type()) {
            case LPM_TRIE -> Bytes.u32le(32).concat(Bytes.u32le(Integer.reverse(index)));
            case ARRAY -> Bytes.u32le(index);
            default -> Bytes.u32le(index).concat(Bytes.zeros(spec.keySize() - 4));
        };
    }

    private static Bytes value(MapSpec spec, int number) {
        String digits = HexFormat.of().toHexDigits(number * 0x9E3779B97F4A7C15L);
        return Bytes.hex(digits.repeat(2)).slice(0, spec.valueSize());
    }

    private static Map<Bytes, Bytes> contents(KernelMap map) throws KernelException {
        Map<Bytes, Bytes> all = new TreeMap<>();
        for (KernelElement element : map.readAll()) {
            all.put(element.key(), element.value());
        }
        return all;
    }

    private static long elementsRead(Reconciler reconciler) {
        return reconciler.progress().drift().totals().elementsRead();
    }

    /** The differences that two more passes find; they are mended then. */
    private long found(Reconciler reconciler) {
        long before = foundSoFar(reconciler);
        // Long enough for nothing to be held back.
        nowNanos += 1_000_000_000_000L;
        long until = reconciler.progress().drift().totals().passes() + 2;
        for (int look = 0; reconciler.progress().drift().totals().passes() < until; look++) {
            assertTrue(look < 100_000, "no pass comes to its end");
            nowNanos = Math.max(nowNanos, reconciler.inspectionDueNanos(nowNanos).orElseThrow());
            Inspection _ = reconciler.inspect(nowNanos);
        }
        assertEquals(List.of(), reconciler.progress().conditions());
        return foundSoFar(reconciler) - before;
    }

    private static long foundSoFar(Reconciler reconciler) {
        return reconciler.progress()
                .drift()
                .totals()
                .found()
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
