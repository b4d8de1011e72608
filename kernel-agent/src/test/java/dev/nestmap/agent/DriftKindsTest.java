package dev.nestmap.agent;

import static dev.nestmap.agent.FakeStore.data;
import static dev.nestmap.agent.FakeStore.defined;
import static dev.nestmap.agent.FakeStore.slot;
import static dev.nestmap.agent.FakeStore.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.libbpf.SocketFilter;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.MapChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What others can do to the maps of an agent, in the running kernel, one kind after the other: it is told with its key, and mended or left. */
final class DriftKindsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PASS = Duration.ofSeconds(2);
    private static final InnerTemplate TABLE = new InnerTemplate(MapType.ARRAY, 4, 4, 4, 0);

    private final KernelUnderTest host = new KernelUnderTest(Side.LIBBPF);
    private final List<String> lines = new ArrayList<>();
    private int kinds;

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private interface Act {
        void run() throws KernelException;
    }

    private interface Question {
        boolean ask() throws KernelException;
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
            stream.snapshot(10, maps(program, 1));
            assertTrue(agent.awaitApplied(10, PATIENCE));
            stream.snapshot(11, maps(program, 2));
            assertTrue(agent.awaitApplied(11, PATIENCE));
            assertEquals(List.of(), agent.status().conditions());
            Tampering tampering = new Tampering(agent);
            elements(tampering);
            slots(tampering);
            others(tampering);
            pins(tampering);
            // Whatever was done, all is as the store wants it.
            await(() -> agent.status().conditions().isEmpty());
            lines.add("drift: %s".formatted(agent.status().drift().totals()));
        }
        lines.forEach(System.out::println);
        assertTrue(kinds >= 20, "kinds: " + kinds);
    }

    private void elements(Tampering t) throws Exception {
        t.mended("hash: element changed", 1, "01 00 00 00", DriftKind.CONTENTS,
                () -> put("hash", 1, 99), () -> is("hash", 1, 11));
        t.mended("hash: element deleted", 1, "01 00 00 00", DriftKind.CONTENTS,
                () -> delete("hash", 1), () -> is("hash", 1, 11));
        t.mended("hash: element added", 1, "09 00 00 00", DriftKind.CONTENTS,
                () -> put("hash", 9, 9), () -> isAbsent("hash", 9));
        t.mended("array: element changed", 2, "01 00 00 00", DriftKind.CONTENTS,
                () -> put("array", 1, 99), () -> is("array", 1, 11));
        t.mended("array: element zeroed", 2, "02 00 00 00", DriftKind.CONTENTS,
                () -> put("array", 2, 0), () -> is("array", 2, 12));
        t.mended("array: zero element set", 2, "03 00 00 00", DriftKind.CONTENTS,
                () -> put("array", 3, 3), () -> is("array", 3, 0));
        t.mended("percpu_hash: changed on one cpu", 3, "01 00 00 00", DriftKind.CONTENTS,
                () -> putOnLastCpu("percpu_hash", 1, 11), () -> isOnAllCpus("percpu_hash", 11));
        t.mended("percpu_array: changed on one cpu", 4, "01 00 00 00", DriftKind.CONTENTS,
                () -> putOnLastCpu("percpu_array", 1, 11), () -> isOnAllCpus("percpu_array", 11));
        t.mended("percpu_hash: counter deleted", 3, "03 00 00 00", DriftKind.CONTENTS,
                () -> delete("percpu_hash", 3), () -> !isAbsent("percpu_hash", 3));
        t.mended("lpm_trie: prefix added", 5, "18 00 00 00 0a 07 07 00", DriftKind.CONTENTS,
                () -> write("lpm_trie", prefix(24, 10, 7, 7, 0), Bytes.u32le(1)),
                () -> value("lpm_trie", prefix(32, 10, 7, 7, 9)).equals(Bytes.u32le(11)));
        t.mended("lpm_trie: prefix deleted", 5, "08 00 00 00 0a 00 00 00", DriftKind.CONTENTS,
                () -> remove("lpm_trie", prefix(8, 10, 0, 0, 0)),
                () -> value("lpm_trie", prefix(32, 10, 7, 7, 9)).equals(Bytes.u32le(11)));
        t.mended("lru_hash: our element changed", 6, "01 00 00 00", DriftKind.CONTENTS,
                () -> put("lru_hash", 1, 99), () -> is("lru_hash", 1, 11));
        t.mended("hash, shared: our element deleted", 7, "01 00 00 00", DriftKind.CONTENTS,
                () -> delete("shared", 1), () -> is("shared", 1, 11));
        t.mended("devmap: entry emptied", 10, "01 00 00 00", DriftKind.CONTENTS,
                () -> delete("devmap", 1), () -> !isAbsent("devmap", 1));
        t.mended("devmap_hash: entry added", 11, "05 00 00 00", DriftKind.CONTENTS,
                () -> put("devmap_hash", 5, 1), () -> isAbsent("devmap_hash", 5));
        t.mended("prog_array: program taken out", 12, "01 00 00 00", DriftKind.CONTENTS,
                () -> delete("prog_array", 1), () -> !isAbsent("prog_array", 1));
        t.mended("in_place inner hash: element changed", 22, "01 00 00 00",
                DriftKind.CONTENTS, () -> writeAt("_inner/22_1", 1, 99),
                () -> Bytes.u32le(11).equals(valueAt("_inner/22_1", 1)));
    }

    private void slots(Tampering t) throws Exception {
        try (KernelMap foreign = host.kernel()
                .create("foreign",
                        KernelMapSpec.of(MapType.ARRAY, 4, 4, 4, 0), null)) {
            t.mended("sealed: slot pointed at a foreign map", 20, "00 00 00 00",
                    DriftKind.CONTENTS, () -> setSlot("sealed", 0, foreign),
                    () -> holdsGeneration("sealed", 0, "_inner/21_2"));
            t.mended("sealed: free slot filled with a foreign map", 20, "02 00 00 00",
                    DriftKind.CONTENTS, () -> setSlot("sealed", 2, foreign),
                    () -> isAbsent("sealed", 2));
        }
        t.mended("sealed: slot emptied", 20, "00 00 00 00", DriftKind.CONTENTS,
                () -> delete("sealed", 0), () -> holdsGeneration("sealed", 0, "_inner/21_2"));
        t.mended("sealed: slot put back to the former generation", 20, "01 00 00 00",
                DriftKind.CONTENTS, () -> setSlot("sealed", 1, "_inner/21_1"),
                () -> holdsGeneration("sealed", 1, "_inner/21_2"));
        t.mended("hash_of_maps: slot added", 23, "07 00 00 00", DriftKind.CONTENTS,
                () -> setSlot("in_place", 7, "_inner/22_1"), () -> isAbsent("in_place", 7));
        // Frozen: user space has no way to change what is in it.
        KernelException refusal = assertThrows(KernelException.class,
                () -> writeAt("_inner/21_2", 1, 99));
        assertEquals(Optional.of(Errno.EPERM), refusal.errno());
        line("sealed: element of the generation in use written", "cannot be: EPERM, it is frozen");
    }

    private void others(Tampering t) throws Exception {
        t.leftAlone("hash, shared: element of another writer", 7, () -> put("shared", 50, 50),
                () -> is("shared", 50, 50));
        t.leftAlone("percpu_array: a program counts where the store has zeros", 4,
                () -> putOnLastCpu("percpu_array", 3, 0), () -> isOnLastCpu("percpu_array", 3));
        t.leftAlone("percpu_hash: a program counts where the store has a key", 3,
                () -> putOnLastCpu("percpu_hash", 3, 0), () -> isOnLastCpu("percpu_hash", 3));
        t.leftAlone("percpu_hash: element of a program", 3,
                () -> putOnLastCpu("percpu_hash", 9, 0), () -> isOnLastCpu("percpu_hash", 9));
        t.leftAlone("hash, observed: element written", 9, () -> put("observed", 1, 1),
                () -> is("observed", 1, 1));
        t.leftAlone("hash, seed: element changed", 13, () -> put("seed", 1, 99),
                () -> is("seed", 1, 99));
        t.leftAlone("queue, seed: emptied", 8, () -> pop("queue"), () -> isEmpty("queue"));
    }

    private void pins(Tampering t) throws Exception {
        Path named = pin("hash");
        int ours = idAt("default/hash");
        t.mended("pin removed", 1, "pin " + named, DriftKind.IDENTITY,
                () -> host.kernel().unpin(named), () -> idAt("default/hash") == ours);
        t.mended("pin of the inner map in use removed", 21,
                "pin " + host.root().resolve("_inner/21_2"), DriftKind.IDENTITY,
                () -> host.kernel().unpin(host.root().resolve("_inner/21_2")),
                () -> holdsGeneration("sealed", 0, "_inner/21_2"));
        t.mended("mark of ownership removed", 2, "pin " + host.root().resolve("_owned/2"),
                DriftKind.IDENTITY, () -> host.kernel().unpin(host.root().resolve("_owned/2")),
                () -> idAt("_owned/2") == idAt("default/array"));
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
            }, () -> idAt("default/hash") == other.info().id(),
                    () -> host.kernel().unpin(named));
        }
        assertEquals(ours, idAt("default/hash"));
    }

    private KernelMap foreign(int valueSize) throws KernelException {
        return host.kernel()
                .create("foreign",
                        KernelMapSpec.of(MapType.HASH, 4, valueSize, 16, 0), null);
    }

    /** Does things to maps, and looks what an agent says of them and does to them. */
    private final class Tampering {
        private final NestmapAgent agent;

        Tampering(NestmapAgent agent) {
            this.agent = agent;
        }

        private Optional<Drift> drift(long map, String key, long from) {
            return agent.status()
                    .drift()
                    .drifts()
                    .stream()
                    .filter(drift -> drift.mapId() == map && drift.key().equals(key)
                            && drift.lastSeen().toEpochMilli() >= from)
                    .findFirst();
        }

        private Drift seen(String what, long map, String key, DriftKind kind, long from)
                throws Exception {
            await(() -> drift(map, key, from).isPresent(), () -> what + " of map " + map + " at "
                    + key + ", known is " + agent.status().drift());
            Drift drift = drift(map, key, from).orElseThrow();
            assertEquals(kind, drift.kind(), drift.toString());
            return drift;
        }

        void mended(String what, long map, String key, DriftKind kind, Act act, Question right)
                throws Exception {
            long from = System.currentTimeMillis();
            act.run();
            Drift found = seen(what, map, key, kind, from);
            await(() -> drift(map, key, from).orElseThrow().state() == State.MENDED);
            Drift drift = drift(map, key, from).orElseThrow();
            assertTrue(right.ask(), what + ": is not mended: " + drift);
            told(what, found, from, "mended after %d ms".formatted(
                    drift.mended().orElseThrow().toEpochMilli() - from));
        }

        void told(String what, long map, String key, DriftKind kind, Act act) throws Exception {
            long from = System.currentTimeMillis();
            act.run();
            told(what, seen(what, map, key, kind, from), from, "nothing to mend");
        }

        void left(String what, long map, String key, DriftKind kind, Act act, Question untouched,
                Act undo) throws Exception {
            long from = System.currentTimeMillis();
            act.run();
            Drift found = seen(what, map, key, kind, from);
            await(() -> drift(map, key, from).orElseThrow().state() == State.LEFT);
            await(() -> agent.status()
                    .conditions()
                    .stream()
                    .anyMatch(condition -> condition.mapId() == map));
            assertTrue(untouched.ask(), what);
            told(what, found, from, "left, as a condition");
            undo.run();
            await(() -> agent.status().conditions().isEmpty());
        }

        void leftAlone(String what, long map, Act act, Question untouched) throws Exception {
            act.run();
            long passes = agent.status().drift().totals().passes();
            await(() -> agent.status().drift().totals().passes() >= passes + 2);
            assertTrue(untouched.ask(), what);
            assertTrue(agent.status()
                    .drift()
                    .drifts()
                    .stream()
                    .noneMatch(drift -> drift.mapId() == map && drift.isOpen()), what);
            line(what, "left alone: it is not the agent's");
        }

        private void told(String what, Drift drift, long from, String then) {
            long millis = drift.lastSeen().toEpochMilli() - from;
            line(what, "found after %d ms, %s: expected %s, found %s; %s".formatted(millis,
                    drift.key(), drift.expected(), drift.found(), then));
            if (Boolean.getBoolean("nestmap.strict")) {
                assertTrue(millis <= 2000, what + ": found after " + millis + " ms");
            }
        }
    }

    private void line(String what, String then) {
        kinds++;
        lines.add("%2d. %s: %s".formatted(kinds, what, then));
    }

    private static MapChange[] maps(Path program, int generation) {
        MapSpec table = MapSpec.of("default", "table", MapType.ARRAY, 4, 4, 4)
                .withPlacement(new Placement.FollowsOuter());
        MapSpec inner = MapSpec.of("default", "inner", MapType.HASH, 4, 4, 16)
                .withPlacement(new Placement.FollowsOuter());
        MapSpec outer = MapSpec.of("default", "sealed", MapType.ARRAY_OF_MAPS, 4, 4, 4)
                .withInnerTemplate(TABLE)
                .withPublish(Publish.SEALED);
        MapSpec inPlace = MapSpec.of("default", "in_place", MapType.HASH_OF_MAPS, 4, 4, 16)
                .withInnerTemplate(inner.asTemplate());
        Value lo = new Value.Expression("ifindex(\"lo\")");
        List<MapChange> maps = new ArrayList<>(List.of(
                plain(1, "hash", MapType.HASH), plain(2, "array", MapType.ARRAY),
                with(plain(3, "percpu_hash", MapType.PERCPU_HASH), 3, data(0)),
                plain(4, "percpu_array", MapType.PERCPU_ARRAY),
                withKey(defined(5, MapSpec.of("default", "lpm_trie", MapType.LPM_TRIE, 8, 4, 16)
                        .withFlags(MapFlags.NO_PREALLOC), true), prefix(8, 10, 0, 0, 0), data(11)),
                plain(6, "lru_hash", MapType.LRU_HASH),
                elements(7, spec("shared", MapType.HASH).withOwnership(Ownership.SHARED)),
                queue(),
                defined(9, spec("observed", MapType.HASH).withOwnership(Ownership.OBSERVED), true),
                with(defined(10, device("devmap", MapType.DEVMAP), true), 1, lo),
                with(defined(11, device("devmap_hash", MapType.DEVMAP_HASH), true), 1, lo),
                with(defined(12, spec("prog_array", MapType.PROG_ARRAY), true), 1,
                        new Value.Expression("prog(\"" + program + "\")")),
                elements(13, spec("seed", MapType.HASH).withOwnership(Ownership.SEED)),
                with(defined(21, table, false), 1, data(generation)),
                with(defined(22, inner, false), 1, data(11)),
                with(with(defined(20, outer, true), 0, slot(21)), 1, slot(21)),
                with(defined(23, inPlace, true), 1, slot(22))));
        return maps.toArray(MapChange[]::new);
    }

    private static MapChange plain(long id, String name, MapType type) {
        return elements(id, spec(name, type));
    }

    private static MapChange elements(long id, MapSpec spec) {
        return with(with(defined(id, spec, true), 1, data(11)), 2, data(12));
    }

    private static MapChange queue() {
        MapChange queue = defined(8, MapSpec.of("default", "queue", MapType.QUEUE, 0, 4, 4), true);
        return withKey(queue, Bytes.u64be(0), data(1));
    }

    private static MapSpec spec(String name, MapType type) {
        return MapSpec.of("default", name, type, 4, 4, 16);
    }

    private static MapSpec device(String name, MapType type) {
        return spec(name, type).withFlags(MapFlags.RDONLY_PROG);
    }

    private static MapChange withKey(MapChange change, Bytes key, Value value) {
        return change.toBuilder()
                .addSet(ElementCodec.element(new Element(key, value)))
                .build();
    }

    private static Bytes prefix(int length, int... address) {
        return Bytes.u32le(length).concat(Bytes.of(address));
    }

    // What others do, each through a descriptor of its own.

    private Path pin(String name) {
        return host.root().resolve("default").resolve(name);
    }

    private KernelMap at(String path) throws KernelException {
        return host.kernel().openPin(host.root().resolve(path)).orElseThrow();
    }

    private int idAt(String path) throws KernelException {
        try (KernelMap map = at(path)) {
            return map.info().id();
        }
    }

    private void write(String name, Bytes key, Bytes value) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            map.update(key, value, 0);
        }
    }

    private void put(String name, int key, int value) throws KernelException {
        write(name, Bytes.u32le(key), Bytes.u32le(value));
    }

    private void writeAt(String path, int key, int value) throws KernelException {
        try (KernelMap map = at(path)) {
            map.update(Bytes.u32le(key), Bytes.u32le(value), 0);
        }
    }

    private Bytes valueAt(String path, int key) throws KernelException {
        try (KernelMap map = at(path)) {
            return map.lookup(Bytes.u32le(key)).orElseThrow();
        }
    }

    private void putOnLastCpu(String name, int key, int others) throws KernelException {
        Bytes values = Bytes.empty();
        for (int cpu = 1; cpu < host.kernel().possibleCpus(); cpu++) {
            values = values.concat(Bytes.u32le(others)).concat(Bytes.zeros(4));
        }
        write(name, Bytes.u32le(key), values.concat(Bytes.u32le(99)).concat(Bytes.zeros(4)));
    }

    private boolean isOnLastCpu(String name, int key) throws KernelException {
        Bytes values = value(name, Bytes.u32le(key));
        return values.intLe(values.size() - 8) == 99;
    }

    private boolean isOnAllCpus(String name, int expected) throws KernelException {
        Bytes values = value(name, Bytes.u32le(1));
        for (int from = 0; from < values.size(); from += 8) {
            if (values.intLe(from) != expected) {
                return false;
            }
        }
        return true;
    }

    private void remove(String name, Bytes key) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            assertTrue(map.delete(key));
        }
    }

    private void delete(String name, int key) throws KernelException {
        remove(name, Bytes.u32le(key));
    }

    private Bytes value(String name, Bytes key) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            return map.lookup(key).orElse(Bytes.empty());
        }
    }

    private boolean is(String name, int key, int value) throws KernelException {
        return value(name, Bytes.u32le(key)).equals(Bytes.u32le(value));
    }

    private boolean isAbsent(String name, int key) throws KernelException {
        return value(name, Bytes.u32le(key)).size() == 0;
    }

    private void pop(String name) throws KernelException {
        try (KernelMap map = at("default/" + name)) {
            assertTrue(map.lookupAndDelete(Bytes.empty()).isPresent());
        }
    }

    private boolean isEmpty(String name) throws KernelException {
        return value(name, Bytes.empty()).size() == 0;
    }

    private void setSlot(String outer, int key, KernelMap inner) throws KernelException {
        try (KernelMap map = at("default/" + outer)) {
            map.updateSlot(Bytes.u32le(key), inner, 0);
        }
    }

    private void setSlot(String outer, int key, String inner) throws KernelException {
        try (KernelMap map = at(inner)) {
            setSlot(outer, key, map);
        }
    }

    private boolean holdsGeneration(String outer, int key, String inner) throws KernelException {
        return Objects.equals(value(outer, Bytes.u32le(key)), Bytes.u32le(idAt(inner)));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        await(condition, () -> "it did not come to that");
    }

    private static void await(BooleanSupplier condition,
            Supplier<String> words) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(deadline - System.nanoTime() > 0, () -> words.get());
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
