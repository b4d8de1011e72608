package dev.nestmap.agent.libbpf;

import static dev.nestmap.agent.kernel.KernelUnderTest.assertComplete;
import static dev.nestmap.agent.kernel.KernelUnderTest.assertRefused;
import static dev.nestmap.agent.kernel.KernelUnderTest.assertStopped;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelProbe;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.Slot;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only a real kernel has: other programs that see the same, types that are not simulated, and time. */
final class LibbpfKernelTest {
    private final KernelUnderTest tested = new KernelUnderTest(Side.LIBBPF);

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @Test
    void bpftoolSeesTheElementsThatWereWritten() throws Exception {
        KernelMap map = tested.create(MapType.HASH, 4, 2, 8, 0);
        Path pin = tested.root().resolve("routes");
        map.pin(pin);
        map.update(key(0x0a), Bytes.of(0xff, 0), UpdateFlags.ANY);
        assertEquals(
                "[{\"key\":[\"0x0a\",\"0x00\",\"0x00\",\"0x00\"],\"value\":[\"0xff\",\"0x00\"]}]",
                bpftool("map", "dump", "pinned", pin.toString()));
        String shown = bpftool("map", "show", "pinned", pin.toString());
        assertTrue(
                shown.startsWith(
                        "{\"id\":" + map.info().id() + ",\"type\":\"hash\",\"name\":\"m\""),
                shown);
    }

    @Test
    void bpftoolSeesTheInnerMapsOfSlots() throws Exception {
        KernelMap outer = tested.create(MapType.ARRAY_OF_MAPS, 3);
        KernelMap inner = tested.create(MapType.ARRAY, 1);
        Path pin = tested.root().resolve("outer");
        outer.pin(pin);
        assertComplete(1, outer.updateSlots(List.of(new Slot(key(2), inner))));
        Bytes id = Bytes.u32le(inner.info().id());
        assertEquals("[{\"key\":[\"0x02\",\"0x00\",\"0x00\",\"0x00\"],\"value\":[\"0x"
                + id.toString().replace(" ", "\",\"0x") + "\"]}]",
                bpftool("map", "dump", "pinned", pin.toString()));
    }

    @Test
    void aMapThatBpftoolFrozeIsSeenAsFrozen() throws Exception {
        KernelMap map = tested.create(MapType.ARRAY, 1);
        Path pin = tested.root().resolve("a");
        map.pin(pin);
        assertFalse(map.frozen());
        bpftool("map", "freeze", "pinned", pin.toString());
        assertTrue(map.frozen());
    }

    @Test
    void aPinnedProgramIsNotAMap() throws KernelException {
        Path pin = tested.root().resolve("program");
        SocketFilter.pin(pin);
        assertRefused(Errno.EINVAL, () -> tested.open(pin));
        assertEquals(List.of("program"), tested.kernel().pins(tested.root()));
        tested.kernel().unpin(pin);
    }

    @Test
    void hundredsOfSlotsWaitForOneGracePeriod() throws KernelException {
        KernelMap outer = tested.create(MapType.ARRAY_OF_MAPS, 512);
        KernelMap inner = tested.create(MapType.ARRAY, 1);
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < 512; i++) {
            slots.add(new Slot(key(i), inner));
        }
        long start = System.nanoTime();
        assertComplete(512, outer.updateSlots(slots));
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        // One grace period is 8 ms on a quiet machine; 512 of them would be four seconds.
        assertTrue(taken.compareTo(Duration.ofSeconds(1)) < 0, taken.toString());
        assertEquals(512, outer.readAll().size());
    }

    @Test
    void aPerCpuValueIsAsWideAsAllPossibleCpus() throws KernelException {
        int cpus = tested.kernel().features().possibleCpus();
        for (MapType type : List.of(MapType.PERCPU_ARRAY, MapType.PERCPU_HASH,
                MapType.LRU_PERCPU_HASH)) {
            KernelMap map = tested.create(type, 4, 6, 4, 0);
            assertEquals(8 * cpus, map.valueWidth());
            Bytes value = Bytes.empty();
            for (int cpu = 0; cpu < cpus; cpu++) {
                value = value.concat(Bytes.of(cpu, 1, 2, 3, 4, 5, 0, 0));
            }
            assertComplete(1, map.updateBatch(List.of(new KernelElement(key(1), value))));
            assertEquals(Optional.of(value), map.lookup(key(1)));
            assertTrue(map.readAll().contains(new KernelElement(key(1), value)));
            assertRefused(Errno.EINVAL, () -> map.update(key(1), Bytes.zeros(6), UpdateFlags.ANY));
        }
    }

    @Test
    void aQueueHasNoKeys() throws KernelException {
        KernelMap queue = tested.create(MapType.QUEUE, 0, 4, 2, 0);
        queue.update(Bytes.empty(), key(1), UpdateFlags.ANY);
        assertComplete(1, queue.updateBatch(List.of(new KernelElement(Bytes.empty(), key(2)))));
        assertStopped(0, Errno.E2BIG,
                queue.updateBatch(List.of(new KernelElement(Bytes.empty(), key(3)))));
        assertEquals(Optional.of(key(1)), queue.lookup(Bytes.empty()));
        assertEquals(Optional.of(key(1)), queue.lookupAndDelete(Bytes.empty()));
        assertEquals(Optional.of(key(2)), queue.lookupAndDelete(Bytes.empty()));
        assertEquals(Optional.empty(), queue.lookupAndDelete(Bytes.empty()));
        assertRefused(Errno.EINVAL, queue::readAll);
    }

    @Test
    void aTrieIsReadWholeMoreSpecificPrefixesFirst() throws KernelException {
        KernelMap trie = tested.create(MapType.LPM_TRIE, 8, 4, 100, MapFlags.NO_PREALLOC);
        KernelElement wide = new KernelElement(key(8).concat(Bytes.of(10, 0, 0, 0)), key(1));
        KernelElement narrow = new KernelElement(key(24).concat(Bytes.of(10, 1, 2, 0)), key(2));
        assertComplete(2, trie.updateBatch(List.of(wide, narrow)));
        assertEquals(List.of(narrow, wide), trie.readAll());
        assertComplete(2, trie.deleteBatch(List.of(wide.key(), narrow.key())));
        assertEquals(List.of(), trie.readAll());
    }

    @Test
    void aTypeThatCannotBeReadSaysSo() throws KernelException {
        KernelMap cgroups = tested.create(MapType.CGROUP_ARRAY, 4, 4, 2, 0);
        assertRefused(Errno.ENOTSUPP, cgroups::readAll);
    }

    @Test
    void whatStaysIsReadOnceThoughOthersComeAndGo() throws Exception {
        for (MapType type : List.of(MapType.HASH, MapType.DEVMAP_HASH, MapType.LPM_TRIE)) {
            int flags = type == MapType.LPM_TRIE ? MapFlags.NO_PREALLOC : 0;
            int keySize = type == MapType.LPM_TRIE ? 8 : 4;
            KernelMap map = tested.create(type, keySize, 4, 2000, flags);
            List<KernelElement> lasting = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                lasting.add(new KernelElement(wideKey(i, keySize), key(1)));
            }
            assertComplete(1000, map.updateBatch(lasting));
            AtomicBoolean done = new AtomicBoolean();
            Thread churn = Thread.ofPlatform().name("churn").start(() -> {
                for (int i = 0; !done.get(); i = (i + 1) % 500) {
                    List<Bytes> keys = List.of(wideKey(5000 + i, keySize));
                    map.updateBatch(List.of(new KernelElement(keys.getFirst(), key(1))));
                    map.deleteBatch(keys);
                }
            });
            try {
                for (int round = 0; round < 20; round++) {
                    List<KernelElement> read = map.readAll();
                    assertEquals(read.size(), Set.copyOf(read).size());
                    assertTrue(Set.copyOf(read).containsAll(lasting));
                }
            } finally {
                done.set(true);
                churn.join();
            }
        }
    }

    @Test
    void thisKernelIsProbedByTrying() throws Exception {
        KernelFeatures features = tested.kernel().features();
        assertFalse(features.simulated());
        assertEquals(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                features.release());
        assertTrue(features.mapTypes().containsAll(EnumSet.range(MapType.HASH, MapType.RINGBUF)));
        assertTrue(features.capabilities().contains("CAP_BPF"), features.toString());
        KernelProbe probe = features.probe();
        assertEquals(List.of("no_prealloc", "no_common_lru", "numa_node", "zero_seed",
                "rdonly_prog", "wronly_prog", "mmapable", "preserve_elems", "inner_map"),
                probe.mapFlags());
        assertTrue(probe.outerBatch() && probe.freeze() && probe.mmap() && probe.btf(),
                probe.toString());
        assertTrue(probe.outerBatchTime().isPositive() && probe.outerUpdateTime().isPositive(),
                probe.toString());
    }

    @Test
    void aBpffsIsMountedWhereNoneIsAndOnlyThen() throws Exception {
        Path directory = Files.createTempDirectory("nestmap");
        Path root = directory.resolve("root");
        assertEquals(Optional.of(root), Bpffs.ensureMounted(root));
        try {
            assertTrue(Bpffs.isBpffs(root));
            assertEquals(Optional.empty(), Bpffs.ensureMounted(root));
            assertEquals(Optional.empty(), Bpffs.ensureMounted(root.resolve("a").resolve("b")));
        } finally {
            run("umount", root.toString());
        }
        assertFalse(Bpffs.isBpffs(root));
        Files.delete(root);
        Files.delete(directory);
    }

    @Test
    void aPinOutsideOfABpffsIsRefused() throws Exception {
        KernelMap map = tested.create(MapType.ARRAY, 1);
        Path directory = Files.createTempDirectory("nestmap");
        assertRefused(Errno.EPERM, () -> map.pin(directory.resolve("a")));
        Files.delete(directory);
    }

    @Test
    void aKernelFileThatIsNoMapClosesWhatItOpened() throws KernelException {
        // The fixture counts map descriptors only; a program's would stay here.
        Path pin = tested.root().resolve("program");
        SocketFilter.pin(pin);
        long before = openFds();
        assertRefused(Errno.EINVAL, () -> tested.open(pin));
        assertEquals(before, openFds());
    }

    private static long openFds() {
        try (var fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Keys that end in different bits, for a trie with the full prefix before them. */
    private static Bytes wideKey(int number, int keySize) {
        return keySize == 4 ? key(number) : key(32).concat(key(number * 0x9e3779b1));
    }

    private static String bpftool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("bpftool", "-j"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + output);
        return output;
    }
}
