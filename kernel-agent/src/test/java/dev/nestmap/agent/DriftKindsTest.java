package dev.nestmap.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.libbpf.SocketFilter;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What others can do to the maps of an agent, in the running kernel, one kind after the other: it is told with its key, and mended or left. */
final class DriftKindsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PASS = Duration.ofSeconds(2);

    private final KernelUnderTest host = new KernelUnderTest(Side.LIBBPF);
    private final TamperedMaps maps = new TamperedMaps(host);

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void everyKindOfTamperingIsToldWithItsKeyAndMendedOrLeftAsOwnershipSays() throws Exception {
        Path program = host.root().resolve("filter");
        SocketFilter.pin(program);
        try (FakeStore store = new FakeStore();
                NestmapAgent agent = NestmapAgent.start(
                        new AgentConfig("host1", List.of(store.address()), Map.of(), host.root())
                                .withDrift(DriftOptions.DEFAULT.withPass(PASS)
                                        .withPrograms(List.of(host.root().resolve("user")))),
                        host.kernel())) {
            FakeStore.Stream stream = store.accept();
            stream.snapshot(10, MapsOfAllKinds.of(program, 1));
            assertTrue(agent.awaitApplied(10, PATIENCE));
            stream.snapshot(11, MapsOfAllKinds.of(program, 2));
            assertTrue(agent.awaitApplied(11, PATIENCE));
            assertEquals(List.of(), agent.status().conditions());
            Tampering tampering = new Tampering(agent);
            elements(tampering);
            slots(tampering);
            others(tampering);
            pins(tampering);
            // Whatever was done, all is as the store wants it.
            Tampering.await(() -> agent.status().conditions().isEmpty());
            tampering.lines().forEach(System.out::println);
            System.out.println("drift: " + agent.status().drift().totals());
            assertTrue(tampering.lines().size() >= 20, "kinds: " + tampering.lines().size());
        }
    }

    private void elements(Tampering t) throws Exception {
        t.mended("hash: element changed", 1, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.put("hash", 1, 99), () -> maps.is("hash", 1, 11));
        t.mended("hash: element deleted", 1, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.delete("hash", 1), () -> maps.is("hash", 1, 11));
        t.mended("hash: element added", 1, "09 00 00 00", DriftKind.CONTENTS,
                () -> maps.put("hash", 9, 9), () -> maps.isAbsent("hash", 9));
        t.mended("array: element changed", 2, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.put("array", 1, 99), () -> maps.is("array", 1, 11));
        t.mended("array: element zeroed", 2, "02 00 00 00", DriftKind.CONTENTS,
                () -> maps.put("array", 2, 0), () -> maps.is("array", 2, 12));
        t.mended("array: zero element set", 2, "03 00 00 00", DriftKind.CONTENTS,
                () -> maps.put("array", 3, 3), () -> maps.is("array", 3, 0));
        t.mended("percpu_hash: changed on one cpu", 3, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.putOnLastCpu("percpu_hash", 1, 11),
                () -> maps.isOnAllCpus("percpu_hash", 11));
        t.mended("percpu_array: changed on one cpu", 4, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.putOnLastCpu("percpu_array", 1, 11),
                () -> maps.isOnAllCpus("percpu_array", 11));
        t.mended("percpu_hash: counter deleted", 3, "03 00 00 00", DriftKind.CONTENTS,
                () -> maps.delete("percpu_hash", 3), () -> !maps.isAbsent("percpu_hash", 3));
        t.mended("lpm_trie: prefix added", 5, "18 00 00 00 0a 07 07 00", DriftKind.CONTENTS,
                () -> maps.write("lpm_trie", TamperedMaps.prefix(24, 10, 7, 7, 0), Bytes.u32le(1)),
                () -> maps.value("lpm_trie", TamperedMaps.prefix(32, 10, 7, 7, 9))
                        .equals(Bytes.u32le(11)));
        t.mended("lpm_trie: prefix deleted", 5, "08 00 00 00 0a 00 00 00", DriftKind.CONTENTS,
                () -> maps.remove("lpm_trie", TamperedMaps.prefix(8, 10, 0, 0, 0)),
                () -> maps.value("lpm_trie", TamperedMaps.prefix(32, 10, 7, 7, 9))
                        .equals(Bytes.u32le(11)));
        t.mended("lru_hash: our element changed", 6, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.put("lru_hash", 1, 99), () -> maps.is("lru_hash", 1, 11));
        t.mended("hash, shared: our element deleted", 7, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.delete("shared", 1), () -> maps.is("shared", 1, 11));
        t.mended("devmap: entry emptied", 10, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.delete("devmap", 1), () -> !maps.isAbsent("devmap", 1));
        t.mended("devmap_hash: entry added", 11, "05 00 00 00", DriftKind.CONTENTS,
                () -> maps.put("devmap_hash", 5, 1), () -> maps.isAbsent("devmap_hash", 5));
        t.mended("prog_array: program taken out", 12, "01 00 00 00", DriftKind.CONTENTS,
                () -> maps.delete("prog_array", 1), () -> !maps.isAbsent("prog_array", 1));
        t.mended("in_place inner hash: element changed", 22, "01 00 00 00",
                DriftKind.CONTENTS, () -> maps.writeAt("_inner/22_1", 1, 99),
                () -> Bytes.u32le(11).equals(maps.valueAt("_inner/22_1", 1)));
    }

    private void slots(Tampering t) throws Exception {
        try (KernelMap foreign = host.kernel()
                .create("foreign",
                        KernelMapSpec.of(MapType.ARRAY, 4, 4, 4, 0), null)) {
            t.mended("sealed: slot pointed at a foreign map", 20, "00 00 00 00",
                    DriftKind.CONTENTS, () -> maps.setSlot("sealed", 0, foreign),
                    () -> maps.holdsGeneration("sealed", 0, "_inner/21_2"));
            t.mended("sealed: free slot filled with a foreign map", 20, "02 00 00 00",
                    DriftKind.CONTENTS, () -> maps.setSlot("sealed", 2, foreign),
                    () -> maps.isAbsent("sealed", 2));
        }
        t.mended("sealed: slot emptied", 20, "00 00 00 00", DriftKind.CONTENTS,
                () -> maps.delete("sealed", 0),
                () -> maps.holdsGeneration("sealed", 0, "_inner/21_2"));
        t.mended("sealed: slot put back to the former generation", 20, "01 00 00 00",
                DriftKind.CONTENTS, () -> maps.setSlot("sealed", 1, "_inner/21_1"),
                () -> maps.holdsGeneration("sealed", 1, "_inner/21_2"));
        t.mended("hash_of_maps: slot added", 23, "07 00 00 00", DriftKind.CONTENTS,
                () -> maps.setSlot("in_place", 7, "_inner/22_1"),
                () -> maps.isAbsent("in_place", 7));
        // Frozen: user space has no way to change what is in it.
        KernelException refusal = assertThrows(KernelException.class,
                () -> maps.writeAt("_inner/21_2", 1, 99));
        assertEquals(Optional.of(Errno.EPERM), refusal.errno());
        t.line("sealed: element of the generation in use written",
                "cannot be: EPERM, it is frozen");
    }

    private void others(Tampering t) throws Exception {
        t.leftAlone("hash, shared: element of another writer", 7, () -> maps.put("shared", 50, 50),
                () -> maps.is("shared", 50, 50));
        t.leftAlone("percpu_array: a program counts where the store has zeros", 4,
                () -> maps.putOnLastCpu("percpu_array", 3, 0),
                () -> maps.isOnLastCpu("percpu_array", 3));
        t.leftAlone("percpu_hash: a program counts where the store has a key", 3,
                () -> maps.putOnLastCpu("percpu_hash", 3, 0),
                () -> maps.isOnLastCpu("percpu_hash", 3));
        t.leftAlone("percpu_hash: element of a program", 3,
                () -> maps.putOnLastCpu("percpu_hash", 9, 0),
                () -> maps.isOnLastCpu("percpu_hash", 9));
        t.leftAlone("hash, observed: element written", 9, () -> maps.put("observed", 1, 1),
                () -> maps.is("observed", 1, 1));
        t.leftAlone("hash, seed: element changed", 13, () -> maps.put("seed", 1, 99),
                () -> maps.is("seed", 1, 99));
        t.leftAlone("queue, seed: emptied", 8, () -> maps.pop("queue"),
                () -> maps.isEmpty("queue"));
    }

    private void pins(Tampering t) throws Exception {
        Path named = maps.pin("hash");
        int ours = maps.idAt("default/hash");
        t.mended("pin removed", 1, "pin " + named, DriftKind.IDENTITY,
                () -> host.kernel().unpin(named), () -> maps.idAt("default/hash") == ours);
        t.mended("pin of the inner map in use removed", 21,
                "pin " + host.root().resolve("_inner/21_2"), DriftKind.IDENTITY,
                () -> host.kernel().unpin(host.root().resolve("_inner/21_2")),
                () -> maps.holdsGeneration("sealed", 0, "_inner/21_2"));
        t.mended("mark of ownership removed", 2, "pin " + host.root().resolve("_owned/2"),
                DriftKind.IDENTITY, () -> host.kernel().unpin(host.root().resolve("_owned/2")),
                () -> maps.idAt("_owned/2") == maps.idAt("default/array"));
        t.told("pin of a kept generation removed", 21,
                "pin " + host.root().resolve("_inner/21_1"), DriftKind.IDENTITY,
                () -> host.kernel().unpin(host.root().resolve("_inner/21_1")));
        replaced(t, "pin replaced by another map of the same definition", DriftKind.IDENTITY, 4,
                named, ours);
        replaced(t, "pin replaced by a map of another definition", DriftKind.DEFINITION, 8, named,
                ours);
        host.kernel().makeDirectories(host.root().resolve("user"));
        Path program = host.root().resolve("user/packets");
        try (KernelMap other = foreign(4)) {
            t.left("program holds the map that took our pin", 1, "program " + program,
                    DriftKind.IDENTITY, () -> {
                        host.kernel().unpin(named);
                        other.pin(named);
                        SocketFilter.pin(program, other);
                    }, () -> true, () -> {
                        host.kernel().unpin(program);
                        host.kernel().unpin(named);
                    });
        }
    }

    private void replaced(Tampering t, String what, DriftKind kind, int valueSize, Path named,
            int ours) throws Exception {
        try (KernelMap other = foreign(valueSize)) {
            t.left(what, 1, "pin " + named, kind, () -> {
                host.kernel().unpin(named);
                other.pin(named);
            }, () -> maps.idAt("default/hash") == other.info().id(),
                    () -> host.kernel().unpin(named));
        }
        assertEquals(ours, maps.idAt("default/hash"));
    }

    private KernelMap foreign(int valueSize) throws KernelException {
        return host.kernel()
                .create("foreign",
                        KernelMapSpec.of(MapType.HASH, 4, valueSize, 16, 0), null);
    }
}
