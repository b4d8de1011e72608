package dev.nestmap.cli.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.grammar.MapGrammar.AfterKey;
import dev.nestmap.cli.grammar.MapGrammar.KeyOf;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapGrammarTest {
    private static final MapRef ROUTES = new MapRef.ByName("default", "routes");

    private final MapGrammar grammar = new MapGrammar("default");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 2 3                   | 01 02 03
            0 255                   | 00 ff
            0x0 0xff 0XAB           | 00 ff ab
            010 0377                | 08 ff
            00                      | 00
            1 0x10 010              | 01 10 08
            hex 0a ff 7             | 0a ff 07
            hex 0x0a 10             | 0a 10
            hex AB cd               | ab cd
            """)
    void bytesAreDecimalHexadecimalOrOctal(String words, String bytes) throws GrammarException {
        assertEquals(new KeyOf(ROUTES, Bytes.hex(bytes.replace(" ", ""))),
                grammar.keyOf("map lookup", words("name routes key " + words)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name routes key 256       | map lookup: "256" (word 4) is over 255, so it is no byte; as a little-endian number of 2 bytes it is 0 1
            name routes key 65536     | map lookup: "65536" (word 4) is over 255, so it is no byte; as a little-endian number of 4 bytes it is 0 0 1 0
            name routes key 0x100000000 | map lookup: "0x100000000" (word 4) is over 255, so it is no byte; as a little-endian number of 8 bytes it is 0 0 0 0 1 0 0 0
            name routes key 0400      | map lookup: "0400" (word 4) is over 255, so it is no byte; as a little-endian number of 2 bytes it is 0 1
            name routes key hex 100   | map lookup: "100" (word 5) is over 255, so it is no byte; as a little-endian number of 2 bytes it is 0 1
            name routes key 1 x       | map lookup: "x" (word 5) is no byte: write decimal (10), 0x hexadecimal (0x0a) or 0 octal (012)
            name routes key 08        | map lookup: "08" (word 4) is no byte: write decimal (10), 0x hexadecimal (0x0a) or 0 octal (012)
            name routes key -1        | map lookup: "-1" (word 4) is no byte: write decimal (10), 0x hexadecimal (0x0a) or 0 octal (012)
            name routes key +1        | map lookup: "+1" (word 4) is no byte: write decimal (10), 0x hexadecimal (0x0a) or 0 octal (012)
            name routes key ''        | map lookup: "" (word 4) is no byte: write decimal (10), 0x hexadecimal (0x0a) or 0 octal (012)
            name routes key hex zz    | map lookup: "zz" (word 5) is no byte: after "hex" write hexadecimal, as in 0a ff
            name routes key hex       | map lookup: expected the bytes of the key in hexadecimal, got the end
            name routes key           | map lookup: expected the bytes of the key, as in 1 0x02 003 or hex 01 02 03, got the end
            name routes key value     | map lookup: expected the bytes of the key, as in 1 0x02 003 or hex 01 02 03, got "value" (word 4)
            name routes key 1 --frob  | map lookup: expected a byte, got the unknown option "--frob" (word 5)
            name routes kye 1         | map lookup: expected "key", got "kye" (word 3)
            name routes               | map lookup: expected "key", got the end
            name                      | map lookup: expected the map's name, got the end
            routes key 1              | map lookup: expected MAP (id N, name NAME or pinned PATH), got "routes" (word 1)
            id x key 1                | map lookup: "x" (word 2) is no number; write a map id as 16, 0x10 or 020
            id 18446744073709551616 key 1 | map lookup: "18446744073709551616" (word 2) is too big for a map id, at most 18446744073709551615 is possible
            pinned here key 1         | map lookup: "here" (word 2) is no absolute path
            name routes key 1 any     | map lookup: expected nothing more, got "any" (word 5)
            """)
    void aLookupThatIsNotUnderstoodNamesTheWordAndWhatWasExpected(String words, String message) {
        assertEquals(message, refused(() -> grammar.keyOf("map lookup", words(words))));
    }

    @Test
    void aMapIsNamedByIdNameOrPin() throws GrammarException {
        assertEquals(new MapRef.ById(-1L),
                grammar.map("map dump", words("id 18446744073709551615")));
        assertEquals(new MapRef.ById(16), grammar.map("map dump", words("id 0x10")));
        assertEquals(ROUTES, grammar.map("map dump", words("name routes")));
        assertEquals(new MapRef.ByPin("/sys/fs/bpf/x"),
                grammar.map("map dump", words("pinned /sys/fs/bpf/x")));
        assertEquals(new MapRef.ByName("lb", "routes"),
                new MapGrammar("lb").map("map dump", words("name routes")));
    }

    @Test
    void aMapMayBeLeftOutWhereAllAreMeant() throws GrammarException {
        assertTrue(grammar.optionalMap("map show", List.of()).isEmpty());
        assertEquals(ROUTES, grammar.optionalMap("map show", words("name routes")).orElseThrow());
    }

    @Test
    void theFirstKeyIsAskedForWithoutAKey() throws GrammarException {
        assertEquals(new AfterKey(ROUTES, null),
                grammar.afterKey("map getnext", words("name routes")));
        assertEquals(new AfterKey(ROUTES, Bytes.of(1)),
                grammar.afterKey("map getnext", words("name routes key 1")));
    }

    @Test
    void aValueIsBytesAMapOrAnInterface() throws GrammarException {
        assertEquals(new Value.Data(Bytes.of(2, 3)), update("key 1 value 2 3").value());
        assertEquals(new Value.Data(Bytes.of(0xad)), update("key hex 01 value hex ad").value());
        assertEquals(new Value.Slot(new MapRef.ByName("default", "inner1")),
                update("key 1 value name inner1").value());
        assertEquals(new Value.Slot(new MapRef.ById(7)), update("key 1 value id 7").value());
        assertEquals(new Value.Slot(new MapRef.ByPin("/p")),
                update("key 1 value pinned /p").value());
        assertEquals(new Value.Expression("ifindex(\"lo\")"),
                update("key 1 value ifindex lo").value());
        assertEquals(new Value.Expression("ifindex(\"eth0.5\")"),
                update("key 1 value ifindex(\"eth0.5\")").value());
        assertEquals(new Value.Expression("cpus()"), update("key 1 value cpus()").value());
        assertEquals(new Value.Expression("ifindex(\"lo\"), cpus()"),
                update("key 1 value ifindex lo cpus()").value());
    }

    @Test
    void flagsFollowTheValue() throws GrammarException {
        assertEquals(UpdateFlags.ANY, update("key 1 value 2").flags());
        assertEquals(UpdateFlags.ANY, update("key 1 value 2 any").flags());
        assertEquals(UpdateFlags.EXIST, update("key 1 value name a exist").flags());
        assertEquals(UpdateFlags.NOEXIST, update("key 1 value hex ab noexist").flags());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            key 1                     | map update: expected "value", got the end
            key 1 value               | map update: expected the value: bytes, MAP, ifindex NAME, cpus(), prog PATH or cgroup PATH, got the end
            key 1 value noexist       | map update: expected the bytes of the value, as in 1 0x02 003 or hex 01 02 03, got "noexist" (word 6)
            key 1 value 2 noexit      | map update: "noexit" (word 7) is no byte: write decimal (10), 0x hexadecimal (0x0a) or 0 octal (012)
            key 1 value name a noexit | map update: expected any, exist, noexist or nothing more, got "noexit" (word 8)
            key 1 value 2 any exist   | map update: expected nothing more, got "exist" (word 8)
            key 1 value 300           | map update: "300" (word 6) is over 255, so it is no byte; as a little-endian number of 2 bytes it is 44 1
            key 1 value ifindex       | map update: expected the name of a network interface, got the end
            key 1 value ifindex a/b   | map update: "a/b" (word 7) is nothing that a node can work out: write ifindex NAME with a name of up to 15 characters, cpus(), prog PATH, cgroup PATH or qsize N, or all of it in one word: 'ifindex("NAME")'
            key 1 value ifindex(lo)   | map update: "ifindex(lo)" (word 6) is nothing that a node can work out: write ifindex NAME with a name of up to 15 characters, cpus(), prog PATH, cgroup PATH or qsize N, or all of it in one word: 'ifindex("NAME")'
            """)
    void anUpdateThatIsNotUnderstoodNamesTheWordAndWhatWasExpected(String words, String message) {
        assertEquals(message, refused(() -> update(words)));
    }

    @Test
    void theWordInQuestionIsMarked() {
        GrammarException e = assertThrows(GrammarException.class,
                () -> update("key 1 value 300 4"));
        assertEquals("    name routes key 1 value 300 4\n                            ^",
                e.pointer());
    }

    @Test
    void ofVeryManyWordsOnlyTheNeighbourhoodIsShown() {
        GrammarException e = assertThrows(GrammarException.class,
                () -> update("key " + "1 ".repeat(100_000) + "999 " + "1 ".repeat(100_000)));
        assertTrue(e.pointer().startsWith("    ... 1 1 "), e.pointer());
        assertTrue(e.pointer().length() < 200, e.pointer());
    }

    private Command.Update update(String words) throws GrammarException {
        return grammar.update(words("name routes " + words));
    }

    private static List<String> words(String line) {
        return List.of(line.replace("''", "").split(" ", -1));
    }

    private static String refused(org.junit.jupiter.api.function.Executable parse) {
        return String.valueOf(assertThrows(GrammarException.class, parse).getMessage());
    }

    @Test
    void flagsOfANumaNodeAreSetWithIt() throws GrammarException {
        Command.Create create = grammar.create(
                words("type hash key 4 value 4 entries 1 name m numa 1"), map -> {
                    throw new AssertionError(map);
                });
        assertEquals(MapFlags.NUMA_NODE, create.spec().flags());
        assertEquals(1, create.spec().numaNode());
    }
}
