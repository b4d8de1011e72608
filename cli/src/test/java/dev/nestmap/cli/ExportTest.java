package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is exported is applied again: on the same store nothing changes, on an empty one everything comes back. */
class ExportTest {
    private static final List<String> FLEET = List.of(
            "map create type array key 4 value 8 entries 4 name blue placement none",
            "map create type array_of_maps key 4 value 4 entries 8 name routes inner_map name blue",
            "map create type hash key 2 value 20 entries 8 name h flags 1 placement role=lb,!drained",
            "map create type percpu_hash key 1 value 4 entries 8 name cores",
            "map create type lpm_trie key 8 value 4 entries 8 name nets flags 1",
            "map create /sys/fs/bpf/d type devmap key 4 value 4 entries 8 name d numa 0",
            "map create type queue key 0 value 4 entries 8 name jobs",
            "map update name blue key 3 0 0 0 value 1 2 3 4 5 6 7 8",
            "map update name routes key 7 0 0 0 value name blue",
            "map update name h key 1 2 value 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
            "map update name cores key 1 value 9 9 9 9",
            "map update name nets key 24 0 0 0 10 0 0 0 value 1 0 0 0",
            "map update name d key 1 0 0 0 value ifindex lo",
            "map push name jobs value 1 2 3 4",
            "map freeze name h");

    /** One type: unsigned int, of four bytes. */
    private static final String BTF = "n+sBABgAAAAAAAAAEAAAABAAAAAOAAAAAQAAAAAAAAEEAAAAIAAAAAB1bnNpZ25lZCBpbnQA";
    private static final String TYPED = """
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: typed}
            spec: {type: array, key: 4, value: 4, entries: 2, btf: {key: 1, value: 1, data: "%s"}}
            """;

    private FakeStore store;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        store = FakeStore.start();
        shell = new Shell(store.address());
        for (String line : FLEET) {
            assertEquals("", shell.run(line).err(), line);
        }
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void aMapIsADocument() {
        assertEquals(new Ran(0, """
                ---
                apiVersion: nestmap/v1
                kind: Map
                metadata:
                  name: "routes"
                  namespace: "default"
                spec:
                  type: array_of_maps
                  key: 4
                  value: 4
                  entries: 8
                  inner: {type: array, key: 4, value: 8, entries: 4}
                  placement: "all"
                contents:
                  prune: true
                  elements:
                  - key: "07 00 00 00"
                    value: {map: "blue"}
                """, ""), shell.run("export routes"));
    }

    @Test
    void applyingWhatWasExportedChangesNothing() {
        String documents = shell.run("export").out();
        Ran applied = shell.feed(documents, "apply -f -");
        assertEquals("", applied.err());
        assertEquals(7, applied.out().lines().filter(line -> line.endsWith(" unchanged")).count(),
                applied.out());
        assertEquals(new Ran(0, "", ""), shell.feed(documents, "diff -f -"));
    }

    @Test
    void anEmptyStoreGetsAllOfIt() throws IOException {
        String documents = shell.run("export").out();
        try (FakeStore other = FakeStore.start()) {
            Shell there = new Shell(other.address());
            Ran applied = there.feed(documents, "apply -f -");
            assertEquals("", applied.err());
            assertEquals(documents, there.run("export").out());
            assertEquals(1, other.transactions());
        }
    }

    @Test
    void typesOfKeysAndValuesComeBack() {
        assertEquals(0, shell.feed(TYPED.formatted(BTF), "apply -f -").exitCode());
        String exported = shell.run("export typed").out();
        assertTrue(exported.contains("  btf: {key: 1, value: 1, data: \"%s\"}\n".formatted(BTF)),
                exported);
        assertEquals(new Ran(0, "", ""), shell.feed(exported, "diff -f -"));
        String untyped = exported.replaceAll("  btf: .*\n", "");
        assertEquals(new Ran(0, "", ""), shell.feed(untyped, "diff -f -"), "types left out");
        Ran refused = shell.feed(
                TYPED.formatted(BTF).replace("key: 1, value: 1", "key: 1, value: 0"),
                "apply -f -");
        assertTrue(refused.exitCode() != 0 && refused.err().contains("spec.btf"), refused.err());
        Ran noise = shell.feed(TYPED.formatted("no base64!"), "apply -f -");
        assertTrue(noise.err().contains("spec.btf.data") && noise.err().contains("base64"),
                noise.err());
    }

    @Test
    void numbersThatEachNodeWorksOutComeBack() {
        shell.run("map create type hash key 4 value 8 entries 8 name sizes");
        assertEquals("", shell.run("map update name sizes key 1 0 0 0 value ifindex lo cpus()")
                .err());
        String exported = shell.run("export sizes").out();
        assertTrue(exported.contains("value: {expression: \"ifindex(\\\"lo\\\"), cpus()\"}"),
                exported);
        assertEquals(new Ran(0, "", ""), shell.feed(exported, "diff -f -"));
        String others = exported.replace("cpus()", "ifindex(\\\"lo\\\")");
        assertTrue(shell.feed(others, "diff -f -").exitCode() != 0);
        assertEquals(0, shell.feed(others, "apply -f -").exitCode());
        assertTrue(shell.run("map dump name sizes")
                .out()
                .contains("value: ifindex(\"lo\"), ifindex(\"lo\")"));
    }

    @Test
    void aMapWithTypesTakesANumberOfTheNodeInOneWordToo() {
        assertEquals(0, shell.feed(TYPED.formatted(BTF), "apply -f -").exitCode());
        assertEquals("", shell.run("map update name typed key 1 value cpus()").err());
        String dumped = shell.run("map dump name typed").out();
        assertTrue(dumped.contains("\"cpus()\""), dumped);
        assertEquals("", shell.run("map update name typed key 1 value ifindex lo").err());
        String exported = shell.run("export typed").out();
        assertEquals(new Ran(0, "", ""), shell.feed(exported, "diff -f -"));
        assertTrue(shell.run("map update name typed key 1 value prog(\"/p\")")
                .err()
                .contains("write ifindex(\"NAME\") or cpus()"));
    }

    @Test
    void onlyWhatIsNamedIsExported() {
        Ran named = shell.run("export blue cores --no-contents");
        assertEquals(2, named.out().lines().filter("---"::equals).count());
        assertTrue(!named.out().contains("contents:"), named.out());
        Ran missing = shell.run("export nosuch");
        assertEquals(254, missing.exitCode());
        assertEquals("Error: export: there is no map \"nosuch\" (see nestmap get maps) (ENOENT)\n",
                missing.err());
    }

    @Test
    void getShowsTablesDocumentsAndJson() {
        Ran table = shell.run("get maps");
        assertEquals("NAMESPACE  NAME    TYPE           KEY  VALUE  ENTRIES  ELEMENTS  PLACEMENT",
                table.out().lines().findFirst().orElse(""));
        assertTrue(table.out()
                .contains(
                        "default    h       hash           2    20     8        1         role=lb,!drained\n"),
                table.out());
        assertTrue(shell.run("get maps -o wide").out().contains("array 4/8/4"), "inner template");
        String yaml = shell.run("get map h -o yaml").out();
        assertTrue(yaml.contains("  flags: [no_prealloc]\n") && yaml.contains("status:\n  id: 3\n"),
                yaml);
        assertEquals(0, shell.feed(yaml, "diff -f -").exitCode());
        assertTrue(shell.run("get map h -o json").out().startsWith("{\n    \"id\": 3,"), "json");
        assertTrue(shell.run("get maps -j").out().startsWith("[{\"id\":1,"), "compact json");
        assertEquals("Error: get: there are no \"pods\", only maps and nodes\n",
                shell.run("get pods").err());
        assertEquals("Error: get: maps have no labels, nodes have: -l is for get nodes\n",
                shell.run("get maps -l a=b").err());
        assertEquals("Error: -o xml: must be one of table, wide, json, yaml\n",
                shell.run("get maps -o xml").err());
        assertEquals("Error: -o yaml: must be one of table, json\n",
                shell.run("status -o yaml").err());
    }

    @Test
    void aWatchBeginsWithWhatThereIs() {
        long revision = FLEET.size();
        Ran watched = shell.run("watch name routes --from 0 --until " + revision);
        assertEquals(new Ran(0, """
                15  snapshot
                15  default/routes  defined
                15  default/routes  set  key: 07 00 00 00  value: name blue (id 1)
                """, ""), watched);
        assertEquals(
                """
                        {"revision":15,"event":"snapshot"}
                        {"revision":15,"map":"default/h","event":"defined"}
                        {"revision":15,"map":"default/h","event":"set","key":"01 02","value":"01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14"}
                        {"revision":15,"map":"default/h","event":"frozen"}
                        """,
                shell.run("watch name h --from 0 --until 15 -j").out());
        assertEquals(2, shell.run("watch --from x").exitCode());
    }

    @Test
    @Timeout(30)
    void aWatchEndsWhereItsEndWasSeen() {
        assertEquals(new Ran(0, "", ""), shell.run("watch name h --from 3 --until 15"));
        assertEquals(new Ran(2, "",
                "Error: watch: --until 3 ends before the first change wanted, 99999 (--from)\n"),
                shell.run("watch --from 99999 --until 3"));
        assertTrue(
                shell.run("watch --until 3")
                        .err()
                        .contains("the first change wanted, 16 (the next one"),
                "without --from");
    }
}
