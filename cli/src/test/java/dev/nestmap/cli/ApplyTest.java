package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyTest {
    private static final String FLEET = """
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: routes}
            spec: {type: array_of_maps, key: 4, value: 4, entries: 8, innerMap: blue}
            contents:
              prune: true
              elements:
                - {key: {u32le: 1}, value: {map: blue}}
            ---
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: blue}
            spec: {type: array, key: 4, value: 8, entries: 4, placement: none}
            contents:
              prune: true
              elements:
                - {key: {u32le: 0}, value: {u64le: 7}}
                - {key: {u32le: 3}, value: "01 02 03 04 05 06 07 08"}
            ---
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: done}
            spec: {type: hash, key: 4, value: 4, entries: 4, frozen: true}
            contents:
              elements:
                - {key: "00 00 00 01", value: {ipv4: 10.0.0.1}}
            """;

    private FakeStore store;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        store = FakeStore.start();
        shell = new Shell(store.address());
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void mapsAreMadeInTheOrderTheyNeedInOneRevision() {
        assertEquals(new Ran(0, """
                map default/routes created (1 set)
                map default/blue created (2 set)
                map default/done created (1 set, frozen)
                revision 1
                """, ""), shell.feed(FLEET, "apply -f -"));
        assertEquals(1, store.transactions());
        assertEquals("key: 01 00 00 00  value: name blue (id 1)\nFound 1 element\n",
                shell.run("map dump name routes").out());
        assertEquals(255, shell.run("map update name done key 1 1 1 1 value 1 1 1 1").exitCode());
    }

    @Test
    void applyingAgainChangesNothing() {
        shell.feed(FLEET, "apply -f -");
        assertEquals(new Ran(0, """
                map default/routes unchanged
                map default/blue unchanged
                map default/done unchanged
                revision 1
                """, ""), shell.feed(FLEET, "apply -f -"));
        assertEquals(1, store.transactions());
        assertEquals(new Ran(0, "", ""), shell.feed(FLEET, "diff -f -"));
    }

    @Test
    void whatDiffersIsShownAndThenMended() {
        shell.feed(FLEET, "apply -f -");
        shell.run("map create type array key 4 value 8 entries 4 name green");
        shell.run("map update name routes key 1 0 0 0 value name green");
        shell.run("map update name routes key 2 0 0 0 value name green");
        shell.run("map update name blue key 1 0 0 0 value 1 1 1 1 1 1 1 1");
        assertEquals(new Ran(1, """
                map default/routes
                - key: 02 00 00 00  value: name green (id 4)
                - key: 01 00 00 00  value: name green (id 4)
                + key: 01 00 00 00  value: name blue
                map default/blue
                - key: 01 00 00 00  value: 01 01 01 01 01 01 01 01
                """, ""), shell.feed(FLEET, "diff -f -"));
        assertEquals(new Ran(0, """
                map default/routes configured (1 set, 1 deleted)
                map default/blue configured (1 deleted)
                map default/done unchanged
                dry run at revision 5: nothing was written
                """, ""), shell.feed(FLEET, "apply -f - --dry-run"));
        assertEquals("{\"revision\":6,\"transactions\":1,\"maps\":["
                + "{\"namespace\":\"default\",\"name\":\"routes\",\"action\":\"configured\",\"set\":1,\"deleted\":1,\"frozen\":false},"
                + "{\"namespace\":\"default\",\"name\":\"blue\",\"action\":\"configured\",\"set\":0,\"deleted\":1,\"frozen\":false},"
                + "{\"namespace\":\"default\",\"name\":\"done\",\"action\":\"unchanged\",\"set\":0,\"deleted\":0,\"frozen\":false}]}\n",
                shell.feed(FLEET, "-j apply -f -").out());
        assertEquals(0, shell.feed(FLEET, "diff -f -").exitCode());
    }

    @Test
    void elementsThatAreNotListedStayUnlessTheyArePruned() {
        String document = """
                apiVersion: nestmap/v1
                kind: Map
                metadata: {name: h}
                spec: {type: hash, key: 1, value: 1, entries: 1}
                contents: {prune: PRUNE, elements: [{key: [2], value: [2]}]}
                """;
        shell.run("map create type hash key 1 value 1 entries 1 name h");
        shell.run("map update name h key 1 value 1");
        Ran full = shell.feed(document.replace("PRUNE", "false"), "apply -f -");
        assertEquals(249, full.exitCode());
        assertTrue(full.err()
                .startsWith(
                        "Error: stdin:5:37: contents.elements[0]: update \"default/h\": the map is full"),
                full.err());
        assertEquals(0, shell.feed(document.replace("PRUNE", "true"), "apply -f -").exitCode());
        assertEquals("key: 02  value: 02\nFound 1 element\n",
                shell.run("map dump name h").out());
    }

    @Test
    void aMapIsPlacedElsewhere() {
        String document = """
                apiVersion: nestmap/v1
                kind: Map
                metadata: {name: h}
                spec: {type: hash, key: 1, value: 1, entries: 1, placement: PLACEMENT}
                contents: {elements: [{key: [1], value: [1]}]}
                """;
        shell.feed(document.replace("PLACEMENT", "all"), "apply -f -");
        String moved = document.replace("PLACEMENT", "role=lb");
        assertEquals(new Ran(1, "map default/h\n- placement all\n+ placement role=lb\n", ""),
                shell.feed(moved, "diff -f -"));
        Ran applied = shell.feed(moved, "apply -f -");
        assertTrue(applied.out().contains("map default/h configured (placed on role=lb)"),
                applied.out());
        assertTrue(shell.run("map dump name h").out().contains("Found 1 element"));
        assertTrue(shell.feed(moved, "apply -f -").out().contains("map default/h unchanged"));
        Ran json = shell.feed(document.replace("PLACEMENT", "zone=a"), "-j diff -f -");
        assertTrue(json.out()
                .contains("\"placement\":{\"before\":\"role=lb\",\"after\":\"zone=a\"}"),
                json.out());
        Ran unsaid = shell.feed(document.replace(", placement: PLACEMENT", ""), "diff -f -");
        assertEquals(new Ran(0, "", ""), unsaid, "who does not say where, leaves it where it is");
        Ran inner = shell.feed(document.replace("PLACEMENT", "none"), "apply -f -");
        assertTrue(inner.err().contains("spec.placement is role=lb in the store and none"),
                inner.err());
        shell.run("map place name h placement all");
        assertEquals(0, shell.feed(document.replace("PLACEMENT", "all"), "diff -f -").exitCode());
        Ran refused = shell.run("map place name h role+lb");
        assertTrue(refused.err().contains("is no placement"), refused.err());
    }

    @Test
    void aDefinitionThatWouldChangeIsRefusedWithItsFields() {
        shell.feed(FLEET, "apply -f -");
        Ran refused = shell.feed(FLEET.replace("value: 8, entries: 4, placement: none",
                "value: 8, entries: 5, placement: all"), "apply -f -");
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err()
                .startsWith(
                        "Error: stdin:10:1: the definition of \"default/blue\" cannot change: spec.entries is 4 in "
                                + "the store and 5 in the document, spec.placement is none in the store and all"),
                refused.err());
        refused = shell.feed(FLEET.replace("entries: 8", "entries: 9"), "diff -f -");
        assertEquals(new Ran(2, "",
                "Error: stdin:1:1: the definition of \"default/routes\" cannot change: spec.entries is 8 in the store "
                        + "and 9 in the document; remove the map first (nestmap map remove name routes), or define another "
                        + "under another name\n"),
                refused);
    }

    @Test
    void aDryRunAndADifferenceRefuseWhatApplyRefuses() {
        String full = """
                apiVersion: nestmap/v1
                kind: Map
                metadata: {name: h}
                spec: {type: hash, key: 1, value: 1, entries: 2}
                contents: {elements: [{key: [1], value: [1]}, {key: [2], value: [2]}, {key: [3], value: [3]}]}
                """;
        for (String document : List.of(full, full.replace("entries: 2", "entries: 0"),
                FLEET.replace("{map: blue}", "{map: red}"),
                FLEET.replace("innerMap: blue", "innerMap: done"))) {
            Ran applied = shell.feed(document, "apply -f -");
            assertEquals(List.of("", true), List.of(applied.out(), applied.exitCode() > 1));
            assertEquals(applied, shell.feed(document, "apply -f - --dry-run"));
            Ran different = shell.feed(document, "diff -f -");
            assertEquals(2, different.exitCode());
            assertEquals(applied.err(), different.err());
        }
        assertEquals("", shell.run("map show").out());
        assertEquals(4, store.transactions(), "those that apply sent");
    }

    @Test
    void aDefinitionThatCannotChangeDoesNotHideTheOtherDifferences() {
        shell.feed(FLEET, "apply -f -");
        String wanted = FLEET.replace("entries: 8,", "entries: 9,")
                .replace("{u64le: 7}", "{u64le: 8}");
        Ran different = shell.feed(wanted, "diff -f -");
        assertEquals(2, different.exitCode());
        assertEquals("""
                map default/blue
                - key: 00 00 00 00  value: 07 00 00 00 00 00 00 00
                + key: 00 00 00 00  value: 08 00 00 00 00 00 00 00
                """, different.out());
        assertTrue(different.err().contains("spec.entries is 8 in the store and 9"),
                different.err());
        assertTrue(shell.feed(wanted, "-j diff -f -")
                .out()
                .contains("\"problems\":[\"stdin:1:1: the definition of"));
    }

    @Test
    void oneWrongDocumentAppliesNone(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.yaml"), FLEET);
        Files.writeString(folder.resolve("b.yml"), FLEET.replace("entries: 4}", "entries: four}"));
        Files.writeString(folder.resolve("c.txt"), "not read");
        Ran refused = shell.run("apply -f " + folder);
        assertEquals(2, refused.exitCode());
        assertEquals("", shell.run("map show").out());
        Files.delete(folder.resolve("b.yml"));
        assertEquals(0, shell.run("apply -f " + folder).exitCode());
    }

    @Test
    void aSlotForAMapThatIsNotThereNamesItsPlace() {
        Ran refused = shell.feed(FLEET.replace("{map: blue}", "{map: red}"), "apply -f -");
        assertEquals(247, refused.exitCode());
        assertTrue(refused.err().startsWith("Error: stdin:8:7: contents.elements[0]: "),
                refused.err());
        assertEquals("", shell.run("map show").out());
        refused = shell.feed(FLEET.replace("innerMap: blue", "innerMap: red"), "apply -f -");
        assertEquals(
                "Error: stdin:1:1: spec.innerMap: there is no map \"default/red\", in the documents or in the store\n",
                refused.err());
    }

    @Test
    void whatIsFrozenCannotBeApplied() {
        shell.feed(FLEET, "apply -f -");
        Ran refused = shell.feed(FLEET.replace("10.0.0.1", "10.0.0.2"), "apply -f -");
        assertTrue(refused.err().contains("is frozen and 1 of its elements would change"),
                refused.err());
        refused = shell.feed(FLEET.replace("frozen: true", "frozen: false"), "apply -f -");
        assertTrue(refused.err().contains("spec.frozen: \"default/done\" is frozen for good"),
                refused.err());
    }

    @Test
    void filesThatCannotBeReadAreNamed(@TempDir Path folder) throws IOException {
        assertEquals("Error: apply: cannot read /nonexistent: no such file\n",
                shell.run("apply -f /nonexistent").err());
        assertEquals("Error: apply: there are no .yaml and .yml files in " + folder + "\n",
                shell.run("apply -f " + folder).err());
        Files.write(folder.resolve("x.yaml"), "a: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals("Error: %s/x.yaml: this is no UTF-8\n".formatted(folder),
                shell.run("apply -f " + folder).err());
        assertEquals("Error: apply: there are no documents in -\n",
                shell.feed("# nothing\n", "apply -f -").err());
        assertEquals("Error: apply: -f FILE is missing (see nestmap apply --help)\n",
                shell.run("apply").err());
        Ran unreachable = new Shell("127.0.0.1:1").feed(FLEET, "diff -f -");
        assertEquals(2, unreachable.exitCode(), "1 would say that there are differences");
    }
}
