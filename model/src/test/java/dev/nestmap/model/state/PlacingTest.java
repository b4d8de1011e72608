package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.data;
import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.slot;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.LabelSelector.Operator;
import dev.nestmap.model.placement.LabelSelector.Requirement;
import dev.nestmap.model.placement.Placement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A map wanted on other nodes than before. */
final class PlacingTest {
    private static final Placement EDGE = new Placement.OnNodes(
            new LabelSelector(List.of(new Requirement("role", Operator.IN, List.of("edge")))));
    private static final Placement NOWHERE = new Placement.FollowsOuter();

    private final Fleet fleet = new Fleet();

    private MapState map(long id) {
        return Objects.requireNonNull(fleet.state.map(id));
    }

    @Test
    void onlyThePlacementChangesAndTheRevisionsTellIt() {
        long id = fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        fleet.put("m", 1, data(1, 2, 3, 4));
        fleet.ok(new Command.Freeze(name("m")));
        MapState before = map(id);
        fleet.ok(new Command.Place(name("m"), EDGE));
        assertEquals(new MapState(id, before.spec().withPlacement(EDGE), true, false, 0,
                before.elements(), before.createdRevision(), fleet.state.revision()), map(id));
        assertEquals(before.modifiedRevision() + 1, fleet.state.revision());
    }

    @Test
    void whatATransactionWroteBeforeStays() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        fleet.ok(new Command.Txn(List.of(), List.of(
                new Command.Update(name("m"), Bytes.u32le(1), data(1, 0, 0, 0), 0),
                new Command.Place(name("m"), EDGE),
                new Command.Update(name("m"), Bytes.u32le(2), data(2, 0, 0, 0), 0)), List.of()));
        assertTrue(fleet.get("m", 1).isPresent() && fleet.get("m", 2).isPresent());
    }

    @Test
    void whatIsNoSelectorAndWhatHasNoNameIsRefused() {
        assertTrue(fleet.refused(Errno.ENOENT, new Command.Place(name("m"), EDGE))
                .contains("default/m"));
        long id = fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        String rule = fleet.refused(Errno.EINVAL, new Command.Place(name("m"),
                new Placement.OnNodes(new LabelSelector(
                        List.of(new Requirement("no key", Operator.EXISTS, List.of()))))));
        assertTrue(rule.contains("no key"), rule);
        fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "m");
        fleet.put("outer", 0, slot("m"));
        fleet.ok(new Command.Delete(name("m")));
        rule = fleet.refused(Errno.ENOENT, new Command.Place(new MapRef.ById(id), EDGE));
        assertTrue(rule.contains("place the outer maps"), rule);
    }

    @Test
    void aMapThatFollowsOuterMapsDoesNotGetANameOrTheOtherWayRound() {
        fleet.create(spec("inner", MapType.HASH, 4, 4, 8).withPlacement(NOWHERE));
        fleet.create(spec("m", MapType.HASH, 4, 4, 8));
        String rule = fleet.refused(Errno.EINVAL, new Command.Place(name("inner"), EDGE));
        assertTrue(rule.contains("create another map"), rule);
        rule = fleet.refused(Errno.EINVAL, new Command.Place(name("m"), NOWHERE));
        assertTrue(rule.contains("every node"), rule);
        fleet.ok(new Command.Place(name("inner"), NOWHERE));
    }
}
