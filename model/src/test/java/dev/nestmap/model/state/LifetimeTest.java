package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.data;
import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.slot;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LifetimeTest {
    private final Fleet fleet = new Fleet();
    private long outer;
    private long a;
    private long b;

    @BeforeEach
    void anOuterMapWithTwoCandidates() {
        fleet.create(spec("template", MapType.ARRAY, 4, 4, 8));
        outer = fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        a = fleet.create(spec("a", MapType.ARRAY, 4, 4, 8));
        b = fleet.create(spec("b", MapType.ARRAY, 4, 4, 8));
    }

    private long references(long id) {
        return Objects.requireNonNull(fleet.state.map(id)).slotReferences();
    }

    @Test
    void theTemplateCanBeDeletedAndTheOuterMapWorksOn() {
        fleet.ok(new Command.Delete(name("template")));
        fleet.put("outer", 0, slot("a"));
        assertEquals(Optional.of(new Value.Slot(new MapRef.ById(a))), fleet.get("outer", 0));
    }

    @Test
    void aDeletedMapLivesOnWhileASlotHoldsIt() {
        fleet.put("a", 3, data(1, 2, 3, 4));
        fleet.put("outer", 0, slot("a"));
        assertEquals(new Result.Deleted(a, true), fleet.run(new Command.Delete(name("a"))));
        assertTrue(fleet.exists(a));
        fleet.put("outer", 0, slot("b"));
        assertFalse(fleet.exists(a));
    }

    @Test
    void aSlotRefusesAMapOfAnotherNamespaceHoweverItIsNamed() {
        long other = fleet.create(MapSpec.of("other", "x", MapType.ARRAY, 4, 4, 8));
        for (MapRef ref : List.of(new MapRef.ById(other), new MapRef.ByName("other", "x"),
                new MapRef.ByPin("/sys/fs/bpf/nestmap/other/x"))) {
            String rule = fleet.refused(Errno.EINVAL, new Command.Update(name("outer"),
                    Bytes.u32le(0), new Value.Slot(ref), 0));
            assertTrue(rule.contains("namespace \"other\"") && rule.contains("\"default\""), rule);
        }
        fleet.put("outer", 0, slot("a"));
    }

    @Test
    void aMapThatMovesToAnotherSlotInOneBatchSurvives() {
        fleet.put("outer", 0, slot("a"));
        fleet.ok(new Command.Delete(name("a")));
        MapRef byId = new MapRef.ById(a);
        fleet.ok(new Command.Txn(List.of(), List.of(
                new Command.Update(name("outer"), Bytes.u32le(1), new Value.Slot(byId), 0),
                new Command.DeleteElem(name("outer"), Bytes.u32le(0))), List.of()));
        assertTrue(fleet.exists(a));
        assertEquals(1, references(a));
    }

    @Test
    void aMapWithoutANameMovesFromOneOuterMapToAnotherInOneTransactionInEitherDirection() {
        fleet.createOuter(spec("second", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        fleet.put("outer", 0, slot("a"));
        fleet.ok(new Command.Delete(name("a")));
        Value held = new Value.Slot(new MapRef.ById(a));
        for (List<String> way : List.of(List.of("outer", "second"), List.of("second", "outer"))) {
            fleet.ok(new Command.Txn(List.of(),
                    List.of(new Command.DeleteElem(name(way.get(0)), Bytes.u32le(0)),
                            new Command.Update(name(way.get(1)), Bytes.u32le(0), held, 0)),
                    List.of()));
            assertEquals(1, references(a));
        }
        fleet.ok(new Command.Delete(name("outer")));
        assertFalse(fleet.exists(a));
    }

    @Test
    void deletingTheOuterMapLetsGoOfAllItsInnerMaps() {
        fleet.put("outer", 0, slot("a"));
        fleet.put("outer", 1, slot("a"));
        fleet.put("outer", 2, slot("b"));
        fleet.ok(new Command.Delete(name("a")));
        assertEquals(2, references(a));
        fleet.ok(new Command.Delete(name("outer")));
        assertFalse(fleet.exists(outer));
        assertFalse(fleet.exists(a), "a had no name any more");
        assertTrue(fleet.exists(b), "b still has one");
        assertEquals(0, references(b));
    }

    @Test
    void aNameIsFreeAgainAfterDeletionAndTheIdIsNot() {
        fleet.put("outer", 0, slot("a"));
        fleet.ok(new Command.Delete(name("a")));
        long second = fleet.create(spec("a", MapType.ARRAY, 4, 4, 8));
        assertTrue(second > a);
        assertEquals(Optional.of(new Value.Slot(new MapRef.ById(a))), fleet.get("outer", 0));
    }

    @Test
    void aMapWithoutANameCannotBeDeletedOnceMore() {
        fleet.put("outer", 0, slot("a"));
        fleet.ok(new Command.Delete(name("a")));
        fleet.refused(Errno.ENOENT, new Command.Delete(new MapRef.ById(a)));
    }

    @Test
    void elementsAreCountedOverAllMaps() {
        fleet.put("a", 0, data(1, 0, 0, 0));
        fleet.put("b", 0, data(1, 0, 0, 0));
        fleet.put("outer", 0, slot("a"));
        assertEquals(3, fleet.state.elementCount());
        fleet.put("b", 0, data(0, 0, 0, 0));
        assertEquals(2, fleet.state.elementCount());
        fleet.ok(new Command.Delete(name("a")));
        fleet.ok(new Command.Delete(name("outer")));
        assertEquals(0, fleet.state.elementCount());
    }
}
