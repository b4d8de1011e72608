package dev.nestmap.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entries are those in the kernel, whoever wrote them. */
final class EntryCountsTest {
    private KernelUnderTest host = new KernelUnderTest(Side.SIMULATED);
    private final List<HeldMap> held = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private void on(Side side) throws Exception {
        host.close();
        host = new KernelUnderTest(side);
    }

    private KernelMap pinned(long id, MapType type, int flags) throws Exception {
        KernelMap map = host.create(KernelMapSpec.of(type, 8, 4, 1000, flags), null);
        Path pin = host.root().resolve("m" + id);
        map.pin(pin);
        held.add(new HeldMap(id, "default", "m" + id, pin, map.info().id(), 0, type, 1000, 0,
                OptionalLong.empty()));
        return map;
    }

    private static KernelElement element(int number) {
        return new KernelElement(Bytes.u32le(32)
                .concat(Bytes.u32le(Integer.reverse(number))),
                Bytes.u32le(number));
    }

    private static List<KernelElement> elements(int count) {
        return IntStream.range(0, count).mapToObj(EntryCountsTest::element).toList();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void hashesAndTriesAreCountedAndArraysAreNot(Side side) throws Exception {
        on(side);
        pinned(1, MapType.HASH, 0).updateBatch(elements(300)).orThrow();
        pinned(2, MapType.LPM_TRIE, MapFlags.NO_PREALLOC).updateBatch(elements(7)).orThrow();
        pinned(3, MapType.LRU_HASH, 0);
        held.add(new HeldMap(4, "default", "a", host.root().resolve("a"), 1, 0, MapType.ARRAY, 4,
                0, OptionalLong.empty()));
        held.add(new HeldMap(5, "default", "no", host.root().resolve("no"), 1, 0, MapType.HASH, 4,
                0, OptionalLong.empty()));
        try (EntryCounts counts = EntryCounts.unstarted(host.kernel(), () -> held)) {
            assertEquals(OptionalLong.empty(), counts.entries(1));
            counts.pass();
            assertEquals(OptionalLong.of(300), counts.entries(1));
            assertEquals(OptionalLong.of(7), counts.entries(2));
            assertEquals(OptionalLong.of(0), counts.entries(3));
            assertEquals(OptionalLong.empty(), counts.entries(4));
            assertEquals(OptionalLong.empty(), counts.entries(5), "its pin is gone");
            held.removeFirst();
            counts.pass();
            assertEquals(OptionalLong.empty(), counts.entries(1));
        }
    }

    @Test
    void aNumberThatIsKnownIsTakenWithoutAWalk() throws Exception {
        pinned(1, MapType.HASH, 0).updateBatch(elements(300)).orThrow();
        HeldMap walked = held.removeFirst();
        held.add(new HeldMap(1, "default", "m1", walked.pin(), walked.kernelId(), 299, MapType.HASH,
                1000, 0, OptionalLong.of(299)));
        try (EntryCounts counts = EntryCounts.unstarted(host.kernel(), () -> held)) {
            counts.pass();
            assertEquals(OptionalLong.of(299), counts.entries(1));
            held.set(0, walked);
            counts.pass();
            assertEquals(OptionalLong.of(300), counts.entries(1));
        }
    }

    @Test
    void aMapThatOthersChangeMeanwhileGivesAFigureThatItHadOrNone() throws Exception {
        on(Side.LIBBPF);
        KernelMap map = pinned(1, MapType.HASH, 0);
        map.updateBatch(elements(500)).orThrow();
        AtomicBoolean done = new AtomicBoolean();
        Thread churn = Thread.ofPlatform().start(() -> {
            try {
                while (!done.get()) {
                    map.delete(element(499).key());
                    map.update(element(499).key(), element(499).value(), 0);
                }
            } catch (KernelException e) {
                throw new AssertionError(e);
            }
        });
        try (EntryCounts counts = EntryCounts.unstarted(host.kernel(), () -> held)) {
            for (int pass = 0; pass < 50; pass++) {
                counts.pass();
                OptionalLong count = counts.entries(1);
                assertTrue(count.isEmpty() || count.getAsLong() <= 1000, count.toString());
            }
        } finally {
            done.set(true);
            churn.join();
        }
    }
}
