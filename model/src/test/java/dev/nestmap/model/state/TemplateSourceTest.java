package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.Objects;
import java.util.OptionalInt;
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

    @Test
    void aTemplateKeepsTypesAndHasTheirSpinLock() {
        MapBtf locked = btf(8, OptionalInt.of(4));
        InnerTemplate given = new InnerTemplate(MapType.HASH, 4, 8, 1, 0);
        InnerTemplate kept = template("a", new InnerSource.Given(given.withBtf(locked)));
        assertEquals(locked, kept.btf());
        assertEquals(OptionalInt.of(4), kept.spinLock());
        assertEquals(kept, template("b", new InnerSource.Given(new InnerTemplate(MapType.HASH, 4,
                8, 1, 0, OptionalInt.of(0), locked))));
        fleet.create(spec("t", MapType.HASH, 4, 8, 1).withBtf(locked));
        assertEquals(locked, template("c", new InnerSource.CopiedFrom(name("t"))).btf());
        assertNull(template("d", new InnerSource.Given(
                given.withBtf(new MapBtf(locked.data(), 0, 0)))).btf());
    }

    @Test
    void typesThatDoNotFitTheTemplateAreRefused() {
        InnerTemplate wrong = new InnerTemplate(MapType.HASH, 4, 8, 1, 0)
                .withBtf(btf(12, OptionalInt.of(4)));
        String rule = fleet.refused(Errno.EINVAL, new Command.Create(
                spec("o", MapType.HASH_OF_MAPS, 4, 4, 1), new InnerSource.Given(wrong)));
        assertTrue(rule.endsWith("(in the inner template)"), rule);
        fleet.refused(Errno.EINVAL, new Command.Create(
                spec("o", MapType.HASH_OF_MAPS, 4, 4, 1),
                new InnerSource.Given(wrong.withBtf(new MapBtf(Bytes.hex("00"), 1, 1)))));
    }

    private InnerTemplate template(String outer, InnerSource inner) {
        fleet.ok(new Command.Create(spec(outer, MapType.HASH_OF_MAPS, 4, 4, 1), inner));
        var created = (Outcome.Done<MapState>) Reads.map(fleet.state, name(outer));
        return Objects.requireNonNull(created.value().spec().innerTemplate());
    }

    private static MapBtf btf(int valueSize, OptionalInt lock) {
        return MapRules.templateBtf(new InnerTemplate(MapType.HASH, 4, valueSize, 1, 0, lock))
                .orElseThrow();
    }
}
