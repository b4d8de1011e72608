package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.simulated.Faults;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Interfaces' indexes and the number of CPUs in maps of bytes, on a simulated kernel. */
final class HostNumbersTest {
    private static final Path PLAIN = Host.ROOT.resolve("default/plain");
    private static final Path OUTER = Host.ROOT.resolve("default/outer");
    private static final Value ETH = new Value.Expression("ifindex(\"eth9\")");
    private static final Value CPUS = new Value.Expression("cpus()");
    private static final long LATER_MILLIS = 1100;

    private final Host host;
    private final Bytes cpus;
    private final Fleet fleet = new Fleet();

    HostNumbersTest() throws KernelException {
        host = new Host();
        cpus = Bytes.u32le(host.kernel.possibleCpus());
    }

    private static MapSpec spec(MapType type) {
        return type == MapType.LPM_TRIE
                ? MapSpec.of("default", "plain", type, 8, 4, 4).withFlags(1)
                : Fleet.spec("plain", type, 4);
    }

    private static Bytes key(MapType type, int number) {
        return type == MapType.LPM_TRIE
                ? Bytes.u32le(32).concat(Bytes.u32be(number))
                : Bytes.u32le(number);
    }

    private Optional<Bytes> held(Path pin, Bytes key) throws KernelException {
        try (KernelMap map = host.open(pin)) {
            return map.lookup(key);
        }
    }

    private static Optional<Bytes> absent(MapType type) {
        return type == MapType.ARRAY ? Optional.of(Bytes.u32le(0)) : Optional.empty();
    }

    private List<Condition> later() {
        host.pass(LATER_MILLIS);
        return host.reconcile(fleet.desired()).conditions();
    }

    private void assertNotThere(List<Condition> conditions) {
        assertEquals(1, conditions.size(), conditions.toString());
        assertTrue(conditions.getFirst()
                .message()
                .startsWith("ifindex(\"eth9\"): no such network interface"),
                conditions.toString());
        assertTrue(conditions.getFirst().retrying());
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "LRU_HASH", "ARRAY", "LPM_TRIE"})
    void whatMeansSomethingIsWrittenAndFollowsTheInterface(MapType type) throws Exception {
        Bytes eth = key(type, 0);
        fleet.define(1, spec(type))
                .set(1, eth, ETH)
                .set(1, key(type, 1), CPUS)
                .set(1, key(type, 2), new Value.Data(Bytes.u32le(77)));
        assertNotThere(host.reconcile(fleet.desired()).conditions());
        assertEquals(absent(type), held(PLAIN, eth));
        assertEquals(Optional.of(cpus), held(PLAIN, key(type, 1)));
        assertEquals(Optional.of(Bytes.u32le(77)), held(PLAIN, key(type, 2)));

        for (int index : new int[]{12, 13, 13}) {
            host.kernel.putInterface("eth9", index);
            host.takeWrites();
            assertEquals(List.of(), later());
            assertEquals(Optional.of(Bytes.u32le(index)), held(PLAIN, eth));
            assertTrue(host.takeWrites().size() <= 1, "only what changed is written");
        }
        host.kernel.removeInterface("eth9");
        host.takeWrites();
        assertNotThere(later());
        assertEquals(Optional.of(Bytes.u32le(13)), held(PLAIN, eth), "the last good value stays");
        fleet.set(1, key(type, 2), new Value.Data(Bytes.u32le(78)));
        assertNotThere(host.reconcile(fleet.desired()).conditions());
        assertEquals(Optional.of(Bytes.u32le(78)), held(PLAIN, key(type, 2)), "the rest goes on");
        host.takeWrites();
        host.kernel.putInterface("eth9", 13);
        assertEquals(List.of(), later());
        assertEquals(List.of(), host.takeWrites(), "it came back as it was");
        fleet.set(1, eth, new Value.Data(Bytes.u32le(5)));
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(Optional.of(Bytes.u32le(5)), held(PLAIN, eth));
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "LRU_HASH", "ARRAY", "LPM_TRIE"})
    void itIsTakenOutWhereTheMapSaysSo(MapType type) throws Exception {
        host.kernel.putInterface("eth9", 12);
        fleet.define(1, spec(type).withUnresolved(Unresolved.EMPTY)).set(1, key(type, 0), ETH);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        for (int round = 0; round < 3; round++) {
            host.kernel.removeInterface("eth9");
            assertNotThere(later());
            assertEquals(absent(type), held(PLAIN, key(type, 0)));
            host.kernel.putInterface("eth9", 20 + round);
            assertEquals(List.of(), later());
            assertEquals(Optional.of(Bytes.u32le(20 + round)), held(PLAIN, key(type, 0)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "LRU_HASH", "ARRAY", "LPM_TRIE"})
    void anAgentThatStartsWritesOnlyWhatChangedMeanwhile(MapType type) throws Exception {
        host.kernel.putInterface("eth9", 12);
        fleet.define(1, spec(type)).set(1, key(type, 0), ETH).set(1, key(type, 1), CPUS);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.restart();
        host.takeWrites();
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(List.of(), host.takeWrites());
        host.kernel.putInterface("eth9", 14);
        host.restart();
        host.takeWrites();
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(1, host.takeWrites().size());
        assertEquals(Optional.of(Bytes.u32le(14)), held(PLAIN, key(type, 0)));
        host.kernel.removeInterface("eth9");
        host.restart();
        assertNotThere(host.reconcile(fleet.desired()).conditions());
        assertEquals(Optional.of(Bytes.u32le(14)), held(PLAIN, key(type, 0)));
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "ARRAY", "LPM_TRIE"})
    void driftIsToldAgainstTheNumberAndMendedToIt(MapType type) throws Exception {
        host.kernel.putInterface("eth9", 12);
        fleet.define(1, spec(type)).set(1, key(type, 0), ETH).set(1, key(type, 1), CPUS);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(List.of(), host.live(5000).drift().drifts());
        try (KernelMap map = host.open(PLAIN)) {
            map.update(key(type, 0), Bytes.u32le(99), 0);
            map.update(key(type, 1), Bytes.u32le(0), 0);
        }
        List<Drift> drifts = found(2);
        assertTrue(drifts.stream()
                .anyMatch(drift -> drift.expected().equals(Bytes.u32le(12).toString())
                        && drift.found().equals(Bytes.u32le(99).toString())),
                drifts.toString());
        assertEquals(Optional.of(Bytes.u32le(12)), held(PLAIN, key(type, 0)));
        assertEquals(Optional.of(cpus), held(PLAIN, key(type, 1)));
    }

    /** The pace of looking depends on what it costs this machine, so it is waited for. */
    private List<Drift> found(int count) {
        List<Drift> drifts = List.of();
        for (int second = 0; second < 600 && drifts.size() < count; second++) {
            drifts = host.live(1000).drift().drifts();
        }
        assertEquals(count, drifts.size(), drifts.toString());
        return drifts;
    }

    /** One byte that is a mark in other types: here it is a value like any other. */
    @Test
    void everyValueOfOneByteIsLookedAt() throws Exception {
        fleet.define(1, MapSpec.of("default", "plain", MapType.HASH, 4, 1, 4))
                .set(1, 0, new Value.Data(Bytes.of(1)));
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        try (KernelMap map = host.open(PLAIN)) {
            map.update(Bytes.u32le(0), Bytes.of(2), 0);
        }
        assertEquals(1, found(1).size());
        assertEquals(Optional.of(Bytes.of(1)), held(PLAIN, Bytes.u32le(0)));
    }

    @Test
    void aValueOfEightBytesHasTwoNumbers() throws Exception {
        host.kernel.putInterface("eth9", 12);
        fleet.define(1, MapSpec.of("default", "plain", MapType.HASH, 4, 8, 4))
                .set(1, 0, new Value.Expression("ifindex(\"eth9\"), cpus()"));
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(Optional.of(Bytes.u32le(12).concat(cpus)), held(PLAIN, Bytes.u32le(0)));
        host.kernel.removeInterface("eth9");
        assertNotThere(later());
        assertEquals(Optional.of(Bytes.u32le(12).concat(cpus)), held(PLAIN, Bytes.u32le(0)));
    }

    @Test
    void aManyElementMapIsWrittenInOneGoWithItsNumbers() throws Exception {
        fleet.define(1, Fleet.spec("plain", MapType.HASH, 9000));
        for (int key = 0; key < 9000; key++) {
            if (key % 500 == 7) {
                fleet.set(1, key, CPUS);
            } else {
                fleet.set(1, key, key);
            }
        }
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aSealedMapIsAnotherVersionWhenANumberChangesAndAFormerOneWhenItComesBack()
            throws Exception {
        host.kernel.putInterface("eth9", 12);
        fleet.define(1, Fleet.sealed("outer", MapType.ARRAY_OF_MAPS, 4))
                .defineInner(2)
                .set(2, 0, ETH)
                .set(2, 1, CPUS)
                .set(2, 2, 7)
                .defineInner(3, Fleet.spec("other", MapType.ARRAY, 4))
                .set(3, 0, 1)
                .slot(1, 0, 2)
                .slot(1, 1, 3);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertVisible(fleet.desired(), 2);
        int first = host.inSlot(OUTER, 0);
        int other = host.inSlot(OUTER, 1);
        host.kernel.putInterface("eth9", 13);
        assertEquals(List.of(), later());
        host.assertVisible(fleet.desired(), 2);
        assertNotEquals(first, host.inSlot(OUTER, 0));
        host.kernel.putInterface("eth9", 12);
        assertEquals(List.of(), later());
        host.assertVisible(fleet.desired(), 2);
        assertEquals(first, host.inSlot(OUTER, 0), "what was kept is used again");
        assertEquals(other, host.inSlot(OUTER, 1), "others are left alone");

        host.restart();
        host.takeWrites();
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(List.of(), host.takeWrites());
        host.kernel.putInterface("eth9", 13);
        assertEquals(List.of(), later());
        host.assertVisible(fleet.desired(), 2);
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "ARRAY", "LPM_TRIE"})
    void aSealedMapKeepsTheLastGoodNumberAndChangesOtherwise(MapType type) throws Exception {
        MapSpec inner = spec(type);
        Bytes eth = key(type, 0);
        Bytes plain = key(type, 1);
        fleet.define(1, MapSpec.of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, 4)
                .withInnerTemplate(new InnerTemplate(type, inner.keySize(), 4,
                        4, inner.flags()))
                .withPublish(Publish.SEALED))
                .defineInner(2, inner)
                .set(2, eth, ETH)
                .set(2, plain, new Value.Data(Bytes.u32le(7)))
                .slot(1, 0, 2);
        assertNotThere(host.reconcile(fleet.desired()).conditions());
        assertEquals(absent(type), inUse(eth), "nothing good so far");
        assertEquals(Optional.of(Bytes.u32le(7)), inUse(plain));
        host.kernel.putInterface("eth9", 12);
        assertEquals(List.of(), later());
        assertEquals(Optional.of(Bytes.u32le(12)), inUse(eth));
        host.kernel.removeInterface("eth9");
        int before = host.inSlot(OUTER, 0);
        assertNotThere(later());
        assertNotThere(later());
        assertEquals(before, host.inSlot(OUTER, 0), "nothing new is built for nothing");
        fleet.set(2, plain, new Value.Data(Bytes.u32le(8)));
        assertNotThere(host.reconcile(fleet.desired()).conditions());
        assertEquals(Optional.of(Bytes.u32le(8)), inUse(plain));
        assertEquals(Optional.of(Bytes.u32le(12)), inUse(eth));
        host.kernel.putInterface("eth9", 15);
        assertEquals(List.of(), later());
        assertEquals(Optional.of(Bytes.u32le(15)), inUse(eth));
    }

    /** A frozen map is frozen for ever: not before all is in it. */
    @ParameterizedTest
    @EnumSource(names = {"HASH", "ARRAY", "DEVMAP"})
    void aMapIsFrozenWhenAllOfItsNumbersAreThere(MapType type) throws Exception {
        fleet.define(1, spec(type)).set(1, 0, ETH).freeze(1);
        assertNotThere(host.reconcile(fleet.desired()).conditions());
        assertEquals(false, isFrozen(PLAIN));
        host.kernel.putInterface("eth9", 12);
        assertEquals(List.of(), later());
        assertEquals(true, isFrozen(PLAIN));
        assertEquals(Optional.of(Bytes.u32le(12)), held(PLAIN, Bytes.u32le(0)));
        host.kernel.putInterface("eth9", 13);
        List<Condition> conditions = later();
        assertTrue(conditions.getFirst().message().contains("it is frozen with other contents"),
                conditions.toString());
        assertEquals(Optional.of(Bytes.u32le(12)), held(PLAIN, Bytes.u32le(0)));
        host.kernel.putInterface("eth9", 12);
        assertEquals(List.of(), host.live(120_000).conditions(), "it is what it was");
    }

    @Test
    void anOuterMapIsFrozenWhenAllOfItsSlotsAreSet() throws Exception {
        fleet.define(1, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4));
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.kernel.inject(Faults.failAll("create array \"inner2\"", Errno.ENOMEM));
        fleet.defineInner(2).slot(1, 0, 2).freeze(1);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertEquals(2, later().size());
        }
        assertEquals(false, isFrozen(OUTER));
        host.watch();
        assertEquals(List.of(), later());
        assertEquals(true, isFrozen(OUTER));
        host.assertHolds(fleet.desired());
    }

    private boolean isFrozen(Path pin) throws KernelException {
        try (KernelMap map = host.open(pin)) {
            return map.frozen();
        }
    }

    private Optional<Bytes> inUse(Bytes key) throws KernelException {
        return held(host.pinOf(2, host.inSlot(OUTER, 0)), key);
    }

    @Test
    void aSlotTakesAnInnerMapWhoseInterfaceIsNotThere() throws Exception {
        fleet.define(1, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4))
                .defineInner(2)
                .set(2, 0, ETH)
                .set(2, 1, CPUS);
        assertNotThere(host.reconcile(fleet.slot(1, 0, 2).desired()).conditions());
        assertNotEquals(0, host.inSlot(OUTER, 0));
        assertNotThere(host.reconcile(fleet.slot(1, 1, 2).desired()).conditions());
        assertEquals(host.inSlot(OUTER, 0), host.inSlot(OUTER, 1));
    }
}
