package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.slot;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may write a map on a node, as far as the store decides it; a kernel knows no such thing. */
final class OwnershipTest {
    private final Fleet fleet = new Fleet();

    @Test
    void onlyMapsThatTakeNodeExpressionsSayWhatBecomesOfThem() {
        fleet.ok(new Command.Create(spec("ports", MapType.DEVMAP, 4, 4, 4)
                .withUnresolved(Unresolved.EMPTY), new InnerSource.None()));
        fleet.ok(new Command.Create(spec("numbers", MapType.HASH, 4, 8, 4)
                .withUnresolved(Unresolved.EMPTY), new InnerSource.None()));
        String rule = fleet.refused(Errno.EINVAL,
                new Command.Create(spec("plain", MapType.HASH, 4, 5, 4)
                        .withUnresolved(Unresolved.EMPTY), new InnerSource.None()));
        assertTrue(rule.contains("default/plain") && rule.contains("leave it out"), rule);
    }

    private static Command.Create create(MapType type, Ownership ownership) {
        int keySize = switch (type) {
            case QUEUE, STACK, BLOOM_FILTER, RINGBUF -> 0;
            case LPM_TRIE -> 8;
            default -> 4;
        };
        int entries = type == MapType.RINGBUF ? 4096 : 4;
        MapSpec spec = spec(type.word() + "_" + ownership.word(), type, keySize,
                type == MapType.RINGBUF ? 0 : 4, entries)
                .withFlags(type == MapType.LPM_TRIE ? 1 : 0)
                .withOwnership(ownership);
        return new Command.Create(spec, type.isOuter()
                ? new InnerSource.Given(new InnerTemplate(MapType.ARRAY, 4, 4, 4, 0))
                : new InnerSource.None());
    }

    private static Bytes bytes(int number) {
        return Bytes.u32le(number);
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "ARRAY", "PERCPU_HASH", "PERCPU_ARRAY", "LPM_TRIE"})
    void aMapOfPlainElementsTakesEachOwnership(MapType type) {
        for (Ownership ownership : Ownership.values()) {
            fleet.ok(create(type, ownership));
        }
    }

    @ParameterizedTest
    @EnumSource(MapType.class)
    void theDefaultOfEachTypeIsAllowed(MapType type) {
        switch (type) {
            case HASH, ARRAY, PROG_ARRAY, PERF_EVENT_ARRAY, PERCPU_HASH, PERCPU_ARRAY, CGROUP_ARRAY,
                    LRU_HASH, LRU_PERCPU_HASH, LPM_TRIE, ARRAY_OF_MAPS, HASH_OF_MAPS, DEVMAP,
                    SOCKMAP, CPUMAP, XSKMAP, SOCKHASH, REUSEPORT_SOCKARRAY, QUEUE, STACK,
                    DEVMAP_HASH, RINGBUF, BLOOM_FILTER -> {
                Ownership usual = MapRules.ownership(type);
                fleet.ok(create(type, usual));
                assertEquals(usual, spec("m", type, 4, 4, 4).ownership());
            }
            case STACK_TRACE, CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, SK_STORAGE, STRUCT_OPS,
                    INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE, USER_RINGBUF, ARENA ->
                assertEquals(Ownership.OBSERVED, MapRules.ownership(type));
        }
    }

    @ParameterizedTest
    @EnumSource(MapType.class)
    void whatProgramsCountInIsNotExclusiveUnlessToldSo(MapType type) {
        if (MapRules.isPerCpu(type)) {
            assertTrue(MapRules.ownership(type) == Ownership.SHARED
                    || MapRules.ownership(type) == Ownership.OBSERVED, type.word());
        }
    }

    @ParameterizedTest
    @CsvSource({"LRU_HASH, EXCLUSIVE, use shared", "LRU_PERCPU_HASH, EXCLUSIVE, use shared",
            "QUEUE, EXCLUSIVE, use seed or observed",
            "STACK, SHARED, use seed or observed", "BLOOM_FILTER, SHARED, use seed or observed",
            "RINGBUF, EXCLUSIVE, leave ownership out", "RINGBUF, SEED, leave ownership out",
            "SOCKMAP, SHARED, leave ownership out",
            "ARRAY_OF_MAPS, SEED, use exclusive or shared",
            "HASH_OF_MAPS, SEED, use exclusive or shared", "DEVMAP, SEED, use exclusive or shared",
            "PROG_ARRAY, SEED, use exclusive or shared"})
    void whatATypeCannotKeepIsRefusedWithTheWayOut(MapType type, Ownership ownership,
            String wayOut) {
        String rule = fleet.refused(Errno.EINVAL, create(type, ownership));
        assertTrue(rule.contains("default/" + type.word() + "_" + ownership.word())
                && rule.contains("ownership " + ownership.word()) && rule.contains(wayOut), rule);
    }

    @ParameterizedTest
    @EnumSource(names = {"ARRAY_OF_MAPS", "HASH_OF_MAPS"})
    void anOuterMapThatOthersFillIsNotPublishedSealed(MapType type) {
        Command.Create create = create(type, Ownership.OBSERVED);
        String rule = fleet.refused(Errno.EINVAL, new Command.Create(
                create.spec().withPublish(Publish.SEALED), create.inner()));
        assertTrue(rule.contains("in_place"), rule);
        fleet.ok(create);
    }

    @Test
    void theSlotsOfASealedOuterMapTakeOnlyWhatTheAgentAloneWrites() {
        for (Ownership ownership : Ownership.values()) {
            fleet.create(spec(ownership.word(), MapType.HASH, 4, 4, 8)
                    .withPlacement(new Placement.FollowsOuter())
                    .withOwnership(ownership));
        }
        MapSpec outer = spec("sealed", MapType.ARRAY_OF_MAPS, 4, 4, 4);
        fleet.createOuter(outer.withPublish(Publish.SEALED), "exclusive");
        fleet.createOuter(outer.withName("in_place"), "exclusive");
        for (Ownership ownership : Ownership.values()) {
            fleet.put("in_place", 0, slot(ownership.word()));
            if (ownership == Ownership.EXCLUSIVE) {
                fleet.put("sealed", 0, slot(ownership.word()));
                continue;
            }
            String rule = fleet.refused(Errno.EINVAL, new Command.Update(name("sealed"), bytes(0),
                    slot(ownership.word()), 0));
            assertTrue(rule.contains("ownership of map") && rule.contains("in_place"), rule);
        }
    }

    @Test
    void anObservedMapHoldsNothingInTheStore() {
        fleet.ok(create(MapType.HASH, Ownership.OBSERVED));
        var map = name("hash_observed");
        Value value = new Value.Data(bytes(1));
        String rule = fleet.refused(Errno.ENOTSUPP, new Command.Update(map, bytes(1), value, 0));
        assertTrue(rule.contains("observed") && rule.contains("ownership exclusive"), rule);
        fleet.refused(Errno.ENOTSUPP, new Command.DeleteElem(map, bytes(1)));
        fleet.refused(Errno.ENOTSUPP, new Command.Update(map, bytes(1).slice(0, 1), value, 0));
    }

    @Test
    void theDefinitionKeepsItsOwnership() {
        long id = fleet.create(create(MapType.HASH, Ownership.SHARED).spec());
        assertEquals(Ownership.SHARED,
                Objects.requireNonNull(fleet.state.map(id)).spec().ownership());
    }
}
