package dev.nestmap.agent.kernel;

import static dev.nestmap.agent.kernel.KernelUnderTest.element;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading a map page by page, the same on a real and on a simulated kernel. */
@ParameterizedClass
@EnumSource(Side.class)
final class KernelWalkContractTest {
    private static final int ELEMENTS = 500;
    private static final int SMALL_PAGE = 256;

    private final Side side;
    private final KernelUnderTest tested;

    KernelWalkContractTest(Side side) {
        this.side = side;
        tested = new KernelUnderTest(side);
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @Test
    void allPagesTogetherAreTheMap() throws KernelException {
        for (MapType type : List.of(MapType.HASH, MapType.ARRAY, MapType.LRU_HASH,
                MapType.PERCPU_HASH, MapType.LPM_TRIE, MapType.DEVMAP_HASH)) {
            KernelMap map = filled(type);
            TreeMap<Bytes, Bytes> all = new TreeMap<>();
            map.readAll().forEach(element -> all.put(element.key(), element.value()));
            TreeMap<Bytes, Bytes> walked = new TreeMap<>();
            int pages = 0;
            ElementWalk walk = map.walk(SMALL_PAGE);
            ElementWalk.Page page = walk.next();
            while (true) {
                pages++;
                for (KernelElement element : page.elements()) {
                    assertEquals(null, walked.put(element.key(), element.value()),
                            () -> type + ": " + element.key() + " came twice");
                }
                if (page.last()) {
                    break;
                }
                page = walk.next();
            }
            assertEquals(all, walked, type.toString());
            assertEquals(ELEMENTS, walked.size(), type.toString());
            assertTrue(pages > 4, type + ": " + pages + " pages");
        }
    }

    @Test
    void anEmptyMapIsOnePage() throws KernelException {
        assertEquals(new ElementWalk.Page(List.of(), true),
                tested.create(MapType.HASH, 8).walk(SMALL_PAGE).next());
    }

    @Test
    void keysThatAreDeletedBetweenPagesHideNoOtherKeyAndBringNoneTwice() throws KernelException {
        for (MapType type : List.of(MapType.HASH, MapType.LPM_TRIE, MapType.DEVMAP_HASH)) {
            KernelMap map = filled(type);
            Set<Bytes> deleted = new HashSet<>();
            List<Bytes> walked = new ArrayList<>();
            ElementWalk walk = map.walk(SMALL_PAGE);
            ElementWalk.Page page = walk.next();
            while (!page.last()) {
                page.elements().forEach(element -> walked.add(element.key()));
                if (!page.elements().isEmpty()) {
                    // Just where the walk stands.
                    Bytes last = page.elements().getLast().key();
                    assertTrue(map.delete(last));
                    deleted.add(last);
                }
                page = walk.next();
            }
            page.elements().forEach(element -> walked.add(element.key()));
            assertEquals(walked.size(), new HashSet<>(walked).size(), type + ": a key came twice");
            Set<Bytes> missing = new TreeSet<>();
            map.readAll().forEach(element -> missing.add(element.key()));
            walked.forEach(missing::remove);
            assertEquals(Set.of(), missing, type.toString());
            assertTrue(deleted.size() > 4, type.toString());
        }
    }

    @Test
    void othersMayWriteAllTheTime() throws Exception {
        KernelMap map = tested.create(MapType.HASH, 4, 4, 4 * ELEMENTS, 0);
        for (int i = 0; i < ELEMENTS; i++) {
            map.update(key(i), key(i), UpdateFlags.ANY);
        }
        Thread churn = Thread.ofPlatform().name("churn").start(() -> {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                Bytes passing = key(1_000_000 + i % ELEMENTS);
                assertComplete(map.updateBatch(List.of(new KernelElement(passing, passing))));
                assertComplete(map.deleteBatch(List.of(passing)));
            }
        });
        try {
            for (int round = 0; round < 20; round++) {
                Set<Bytes> stable = new TreeSet<>();
                ElementWalk walk = map.walk(SMALL_PAGE);
                boolean last = false;
                while (!last) {
                    ElementWalk.Page page = walk.next();
                    last = page.last();
                    for (KernelElement element : page.elements()) {
                        if (element.key().intLe(0) < ELEMENTS) {
                            assertTrue(stable.add(element.key()), "twice: " + element.key());
                        }
                    }
                }
                assertEquals(ELEMENTS, stable.size());
            }
        } finally {
            churn.interrupt();
            churn.join();
        }
    }

    @Test
    void aWalkEndsWithTheMapThatIsClosed() throws KernelException {
        KernelMap map = filled(MapType.HASH);
        ElementWalk walk = map.walk(SMALL_PAGE);
        assertEquals(false, walk.next().last());
        map.close();
        if (side == Side.LIBBPF) {
            assertThrows(IllegalStateException.class, walk::next);
        }
    }

    private static void assertComplete(BatchOutcome outcome) {
        KernelUnderTest.assertComplete(1, outcome);
    }

    private KernelMap filled(MapType type) throws KernelException {
        boolean trie = type == MapType.LPM_TRIE;
        KernelMap map = tested.create(type, trie ? 8 : 4, 4, type == MapType.LRU_HASH
                ? 4 * ELEMENTS
                : ELEMENTS, trie ? MapFlags.NO_PREALLOC : 0);
        for (int i = 0; i < ELEMENTS; i++) {
            Bytes value = type == MapType.DEVMAP_HASH ? key(1) : element(i, i).value();
            map.update(trie ? prefix(i) : key(i), type == MapType.PERCPU_HASH
                    ? Bytes.zeros(map.valueWidth())
                    : value, UpdateFlags.ANY);
        }
        return map;
    }

    private static Bytes prefix(int number) {
        byte[] bytes = new byte[8];
        Bytes.u32le(32).copyTo(bytes, 0);
        Bytes.u32le(number).copyTo(bytes, 4);
        return Bytes.wrap(bytes);
    }
}
