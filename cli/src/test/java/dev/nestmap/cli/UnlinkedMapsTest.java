package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Maps without a name are contents of the slots that hold them: an export has them, and a restore brings them back. */
class UnlinkedMapsTest {
    private static final List<String> FLEET = List.of(
            "map create type array key 4 value 8 entries 4 name t placement none",
            "map create type array_of_maps key 4 value 4 entries 4 name uout inner_map name t",
            "map remove name t",
            "map create type array key 4 value 8 entries 4 name x placement none",
            "map update name x key 0 0 0 0 value 9 0 0 0 0 0 0 0",
            "map update name uout key 0 0 0 0 value name x",
            "map remove name x",
            "map create type array key 4 value 8 entries 4 name y placement none",
            "map create type array key 4 value 8 entries 4 name z placement none",
            "map update name z key 0 0 0 0 value 77 0 0 0 0 0 0 0");

    private FakeStore store;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        store = FakeStore.start();
        shell = new Shell(store.address());
        FLEET.forEach(this::run);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private void run(String line) {
        assertEquals("", shell.run(line).err(), line);
    }

    private static String slots(Shell shell) {
        return shell.run("map dump name uout --recursive").out();
    }

    @Test
    void anExportHasTheMapsThatOnlySlotsHold() {
        assertEquals(new Ran(0, """
                ---
                apiVersion: nestmap/v1
                kind: Map
                metadata:
                  name: "x"
                  namespace: "default"
                  unlinked: true
                spec:
                  type: array
                  key: 4
                  value: 8
                  entries: 4
                  placement: "none"
                contents:
                  prune: true
                  elements:
                  - key: "00 00 00 00"
                    value: "09 00 00 00 00 00 00 00"
                ---
                apiVersion: nestmap/v1
                kind: Map
                metadata:
                  name: "uout"
                  namespace: "default"
                spec:
                  type: array_of_maps
                  key: 4
                  value: 4
                  entries: 4
                  inner: {type: array, key: 4, value: 8, entries: 4}
                  placement: "all"
                contents:
                  prune: true
                  elements:
                  - key: "00 00 00 00"
                    value: {map: "x"}
                """, ""), shell.run("export uout"));
    }

    @Test
    void anotherStoreGetsTheSameSlotsWhateverItsIdsAre() throws IOException {
        String documents = shell.run("export").out();
        try (FakeStore other = FakeStore.start()) {
            Shell there = new Shell(other.address());
            assertEquals("",
                    there.run("map create type array key 4 value 8 entries 4 name a").err());
            assertEquals(new Ran(0, """
                    map default/x created (1 set)
                    map default/uout created (1 set)
                    map default/y created
                    map default/z created (1 set)
                    revision 2
                    """, ""), there.feed(documents, "apply -f -"));
            assertTrue(slots(there).contains("09 00 00 00 00 00 00 00"), slots(there));
            assertEquals(254, there.run("map show name x").exitCode(), "it has no name");
            assertEquals(documents, there.run("export uout y z").out());
            assertEquals(new Ran(0, "", ""), there.feed(documents, "diff -f -"));
            assertEquals(1, other.transactions());
        }
    }

    @Test
    void theSameStoreIsLeftAlone() {
        Ran applied = shell.feed(shell.run("export").out(), "apply -f -");
        assertEquals(4, applied.out().lines().filter(line -> line.endsWith(" unchanged")).count(),
                applied.out() + applied.err());
        assertEquals(0, store.transactions());
    }

    @Test
    void aSlotThatHoldsAnotherMapGetsANewOneThoughTheNameIsTaken() {
        String documents = shell.run("export uout").out();
        run("map create type array key 4 value 8 entries 4 name x placement none");
        run("map update name x key 1 0 0 0 value 1 1 1 1 1 1 1 1");
        run("map update name uout key 0 0 0 0 value name z");
        assertEquals(1, shell.feed(documents, "diff -f -").exitCode());
        assertEquals("", shell.feed(documents, "apply -f -").err());
        assertTrue(slots(shell).contains("09 00 00 00 00 00 00 00"), slots(shell));
        assertTrue(shell.run("map dump name x").out().contains("01 01 01 01"), "untouched");
        assertEquals(new Ran(0, "", ""), shell.feed(documents, "diff -f -"));
        assertFalse(shell.run("get maps -o yaml").out().contains("x_1"), "it lost its name");
    }

    @Test
    void twoThatWereCalledTheSameStayTwo() throws IOException {
        run("map create type array key 4 value 8 entries 4 name x placement none");
        run("map update name x key 0 0 0 0 value 8 0 0 0 0 0 0 0");
        run("map update name uout key 1 0 0 0 value name x");
        run("map remove name x");
        run("map update name uout key 2 0 0 0 value name y");
        String documents = shell.run("export").out();
        try (FakeStore other = FakeStore.start()) {
            Shell there = new Shell(other.address());
            assertEquals("", there.feed(documents, "apply -f -").err());
            String slots = slots(there);
            assertTrue(slots.contains("09 00 00 00 00 00 00 00")
                    && slots.contains("08 00 00 00 00 00 00 00")
                    && slots.contains("name y"), slots);
            assertEquals(new Ran(0, "", ""), there.feed(documents, "diff -f -"));
        }
    }

    @Test
    void whatCannotLiveWithoutANameIsRefused() {
        String documents = shell.run("export uout").out();
        assertTrue(shell.feed(documents.replace("{map: \"x\"}", "{map: \"z\"}"), "apply -f -")
                .err()
                .contains("metadata.unlinked: no slot of the documents holds \"default/x\""));
        assertTrue(shell.feed(documents.replace("{map: \"x\"}", "{mapId: 3}"), "apply -f -")
                .err()
                .contains("ids are of one store"));
        assertTrue(shell
                .feed(documents.replace("\"uout\"\n", "\"uout\"\n  unlinked: true\n"), "apply -f -")
                .err()
                .contains("metadata.unlinked: a map without a name lives by the slot"));
    }

    @Test
    void documentsOfMapsLeaveThemOut() {
        assertFalse(shell.run("get maps -o yaml").out().contains("\"x\""));
        assertFalse(shell.run("export --no-contents").out().contains("\"x\""));
    }
}
