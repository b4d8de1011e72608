package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.state.Command.InnerSource;
import org.junit.jupiter.api.Test;

/** Where the template of a new map comes from. */
class TemplateSourceTest {
    private final Fleet fleet = new Fleet();

    @Test
    void aTemplateIsOfTheSameNamespace() {
        long id = fleet.create(spec("t", MapType.ARRAY, 4, 4, 1));
        MapSpec outer = MapSpec.of("other", "o", MapType.ARRAY_OF_MAPS, 4, 4, 1);
        for (MapRef ref : new MapRef[]{name("t"), new MapRef.ById(id)}) {
            String rule = fleet.refused(Errno.EINVAL,
                    new Command.Create(outer, new InnerSource.CopiedFrom(ref)));
            assertTrue(rule.contains("is of another namespace"), rule);
        }
    }

    /** The kernel does not look at inner_map_fd where the type has no slots: tried on Linux 6.18 with open and closed ones. */
    @Test
    void aMapWithoutSlotsTakesAnyInnerMapAndKeepsNone() {
        fleet.create(spec("t", MapType.ARRAY, 4, 4, 1));
        for (String inner : new String[]{"t", "absent"}) {
            fleet.ok(new Command.Create(spec("h_" + inner, MapType.HASH, 4, 4, 1),
                    new InnerSource.CopiedFrom(name(inner))));
            var created = (Outcome.Done<MapState>) Reads.map(fleet.state, name("h_" + inner));
            assertNull(created.value().spec().innerTemplate());
        }
        assertEquals(3, fleet.state.maps().size());
    }
}
