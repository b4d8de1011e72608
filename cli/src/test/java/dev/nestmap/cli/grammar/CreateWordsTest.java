package dev.nestmap.cli.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateWordsTest {
    private static final String REST = " key 4 value 8 entries 16 name m";

    private final MapGrammar grammar = new MapGrammar("default");

    @Test
    void attributesStandInAnyOrder() throws GrammarException {
        MapSpec spec = MapSpec.of("default", "m", MapType.HASH, 4, 8, 16).withFlags(1);
        assertEquals(new Command.Create(spec, new InnerSource.None()),
                create("type hash key 4 value 8 entries 16 name m flags 1"));
        assertEquals(new Command.Create(spec, new InnerSource.None()),
                create("name m flags 0x1 entries 020 value 8 key 4 type HASH"));
    }

    @Test
    void aMapSaysWhatBecomesOfElementsThatCannotBeWorkedOut() throws GrammarException {
        assertEquals(Unresolved.EMPTY,
                create("type devmap unresolved empty" + REST).spec().unresolved());
        assertEquals(Unresolved.KEEP, create("type devmap" + REST).spec().unresolved());
        assertThrows(GrammarException.class, () -> create("type devmap unresolved zero" + REST));
    }

    @Test
    void aMapSaysWhoOwnsItsElements() throws GrammarException {
        assertEquals(Ownership.OBSERVED,
                create("type hash ownership observed" + REST).spec().ownership());
        assertEquals(Ownership.EXCLUSIVE, create("type hash" + REST).spec().ownership());
        assertEquals(Ownership.SHARED, create("type lru_hash" + REST).spec().ownership());
        assertEquals(Ownership.SEED, create("type queue" + REST).spec().ownership());
    }

    @Test
    void anOuterMapSaysHowItsInnerMapsArePublished() throws GrammarException {
        assertEquals(Publish.SEALED,
                create("type array_of_maps publish sealed" + REST).spec().publish());
        assertEquals(Publish.IN_PLACE,
                create("type array_of_maps publish in_place" + REST).spec().publish());
        assertEquals(Publish.IN_PLACE, create("type array_of_maps" + REST).spec().publish());
    }

    @Test
    void aPathInFrontIsThePin() throws GrammarException {
        assertEquals("/sys/fs/bpf/lb/m",
                create("/sys/fs/bpf/lb/m type hash" + REST).spec().pinPath());
        assertEquals("", create("type hash" + REST).spec().pinPath());
    }

    @Test
    void numbersUseAllOfTheirBits() throws GrammarException {
        MapSpec spec = create("type hash key 4 value 8 entries 4294967295 name m "
                + "flags 0xffffffff map_extra 0xffffffffffffffff").spec();
        assertEquals(-1, spec.maxEntries());
        assertEquals(-1, spec.flags());
        assertEquals(-1L, spec.mapExtra());
    }

    @Test
    void anInnerMapIsNamedOrDescribed() throws GrammarException {
        assertEquals(new InnerSource.CopiedFrom(new MapRef.ByName("default", "t")),
                create("type array_of_maps" + REST + " inner_map name t").inner());
        assertEquals(new InnerSource.CopiedFrom(new MapRef.ById(3)),
                create("type array_of_maps inner_map id 3" + REST).inner());
        assertEquals(new InnerSource.Given(new InnerTemplate(MapType.ARRAY, 4, 8, 2, 0x1000)),
                create("type array_of_maps" + REST
                        + " inner_map type array key 4 value 8 entries 2 flags 0x1000").inner());
    }

    @Test
    void anInnerMapThatIsDescribedEndsWhereTheOuterMapsWordsGoOn() throws GrammarException {
        Command.Create create = create(
                "type hash_of_maps inner_map type hash key 1 value 2 entries 3" + REST);
        assertEquals(new InnerSource.Given(new InnerTemplate(MapType.HASH, 1, 2, 3, 0)),
                create.inner());
        assertEquals(16, create.spec().maxEntries());
    }

    @Test
    void aPlacementIsASelectorOrAllOrNone() throws GrammarException {
        assertEquals(Placement.everywhere(), create("type hash" + REST).spec().placement());
        assertEquals(Placement.everywhere(),
                create("type hash placement all" + REST).spec().placement());
        assertEquals(new Placement.FollowsOuter(),
                create("type hash placement none" + REST).spec().placement());
        List<String> words = new ArrayList<>(List.of(("type hash" + REST).split(" ")));
        words.addAll(List.of("placement", "role=lb,zone in (a,b)"));
        Placement.OnNodes onNodes = assertInstanceOf(Placement.OnNodes.class,
                grammar.create(words, CreateWordsTest::unknown).spec().placement());
        assertEquals("role=lb,zone in (a,b)", onNodes.selector().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            type                      | map create: expected a map type, got the end
            typ hash                  | map create: "typ" (word 1) is no attribute of a map: expected FILE (an absolute path) or type, key, value, entries, name, flags, inner_map, placement, publish, ownership, unresolved, numa, map_extra, like MAP or of MAP
            type hash foo             | map create: "foo" (word 3) is no attribute of a map: expected type, key, value, entries, name, flags, inner_map, placement, publish, ownership, unresolved, numa, map_extra, like MAP or of MAP
            type hash type array      | map create: "type" (word 3) is given twice
            type hash key             | map create: expected the key size in bytes, got the end
            type hash key four        | map create: "four" (word 4) is no number; write the key size in bytes as 16, 0x10 or 020
            type hash key 4294967296  | map create: "4294967296" (word 4) is too big for the key size in bytes, at most 4294967295 is possible
            type hash key -4          | map create: "-4" (word 4) is no number; write the key size in bytes as 16, 0x10 or 020
            type hash key 4 value 8 entries 1 | map create: "name NAME" is missing
            key 4 value 8 entries 1 name m    | map create: "type TYPE" is missing
            type hash key 4 value 8 name m    | map create: "entries N" is missing
            type hash name            | map create: expected the map's name, got the end
            type hash dev eth0        | map create: "dev" (word 3) offloads a map to one device of one host, which a fleet has no word for
            inner_map foo             | map create: expected MAP (id N, name NAME or pinned PATH) or type TYPE key N value N entries N [flags N], got "foo" (word 2)
            inner_map type array value 4 | map create: expected "key", got "value" (word 4)
            inner_map type array key 4 value 4 | map create: expected "entries", got the end
            type hash placement       | map create: expected a label selector, "all" or "none", got the end
            type hash numa 2147483648 | map create: "2147483648" (word 4) is too big for the NUMA node, at most 2147483647 is possible
            """)
    void whatIsNotUnderstoodNamesTheWordAndWhatWasExpected(String words, String message) {
        assertEquals(message, refused(words));
    }

    @Test
    void anUnknownTypeIsAnsweredWithThoseThereAre() {
        String message = refused("type hashmap");
        assertTrue(message.startsWith(
                "map create: \"hashmap\" (word 2) is no map type; the kernel knows hash, array, "),
                message);
    }

    @Test
    void aSelectorThatIsNoneIsAnsweredWithItsForms() {
        assertEquals(
                "map create: \"a==b==c\" (word 4) is no placement: selector \"a==b==c\": \"a==b==c\" is none of "
                        + "key=value, key!=value, key in (a,b), key notin (a,b), key, !key",
                refused("type hash placement a==b==c"));
    }

    private Command.Create create(String words) throws GrammarException {
        return grammar.create(List.of(words.split(" ")), CreateWordsTest::unknown);
    }

    private String refused(String words) {
        return String.valueOf(
                assertThrows(GrammarException.class, () -> create(words)).getMessage());
    }

    private static MapSpec unknown(MapRef map) {
        throw new AssertionError(map);
    }
}
