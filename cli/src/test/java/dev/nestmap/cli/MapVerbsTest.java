package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MapVerbsTest {
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
    void whatIsWrittenIsReadBackAsBpftoolShowsIt() {
        ok("id 1  revision 1\n", "map create type hash key 4 value 4 entries 8 name h");
        ok("revision 2\n", "map update name h key 10 0 0 0 value hex ff ee 1 2");
        ok("revision 3\n", "map update id 1 key 1 0 0 0 value 1 2 3 4");
        ok("key: 0a 00 00 00  value: ff ee 01 02\n", "map lookup name h key 0x0a 0 0 0");
        ok("""
                key: 01 00 00 00  value: 01 02 03 04
                key: 0a 00 00 00  value: ff ee 01 02
                Found 2 elements
                """, "map dump pinned /sys/fs/bpf/nestmap/default/h");
        ok("key: None\nnext key:\n01 00 00 00\n", "map getnext name h");
        ok("revision 4\n", "map delete name h key 1 0 0 0");
        ok("[{\"key\":[\"0x0a\",\"0x00\",\"0x00\",\"0x00\"],\"value\":[\"0xff\",\"0xee\",\"0x01\",\"0x02\"]}]\n",
                "-j map dump name h");
        ok("""
                1: hash  name h  flags 0x0
                \tkey 4B  value 4B  max_entries 8
                \tnamespace default  placement all  elements 1  revision 4
                """, "map show name h");
        ok("revision 5\n", "map freeze name h");
        ok("revision 6\n", "map remove name h");
        ok("", "map list");
    }

    @Test
    void aBloomFilterIsAskedAboutAValue() {
        ok("id 1  revision 1\n",
                "map create type bloom_filter key 0 value 2 entries 8 name seen");
        ok("revision 2\n", "map push name seen value 1 2");
        ok("value: 01 02\n", "map peek name seen value 1 2");
        ok("value: 01 02\n", "map lookup name seen value hex 01 02");
        assertEquals(new Ran(254, "Not found\n", ""), shell.run("map lookup name seen value 3 4"));
        assertEquals("null\n", shell.run("-j map peek name seen value 3 4").out());
        assertTrue(shell.run("map peek name seen value 1").err().contains("value is 1 bytes"));
        assertEquals(254, shell.run("map lookup name none value 1").exitCode());
        shell.run("map create type queue key 0 value 1 entries 8 name q");
        assertTrue(shell.run("map lookup name q value 1")
                .err()
                .contains("only a bloom_filter is asked about a value; leave it out, this is a queue"));
    }

    @Test
    void slotsNameTheirMaps() {
        outer();
        ok("key: 01 00 00 00  value: name blue (id 1)\n",
                "map lookup name routes key 1 0 0 0");
        ok("key: 01 00 00 00  value: name blue (id 1)\nFound 1 element\n",
                "map dump name routes");
        ok("[{\"key\":[\"0x01\",\"0x00\",\"0x00\",\"0x00\"],\"value\":[\"0x01\",\"0x00\",\"0x00\",\"0x00\"],"
                + "\"inner_map_id\":1,\"inner_map_name\":\"blue\"}]\n",
                "map dump name routes -j -o json");
        ok("revision 4  the map lives on in slots of outer maps\n", "map remove name blue");
        ok("key: 01 00 00 00  value: id 1 (was blue, removed)\n",
                "map lookup name routes key 1 0 0 0");
    }

    @Test
    void anOuterMapIsDumpedWithItsInnerMapsWhereThatIsAskedFor() {
        outer();
        ok("revision 4\n", "map update name blue key 2 0 0 0 value 1 2 3 4 5 6 7 8");
        ok("""
                key: 01 00 00 00  value: name blue (id 1)
                \tkey: 00 00 00 00  value: 00 00 00 00 00 00 00 00
                \tkey: 01 00 00 00  value: 00 00 00 00 00 00 00 00
                \tkey: 02 00 00 00  value: 01 02 03 04 05 06 07 08
                \tkey: 03 00 00 00  value: 00 00 00 00 00 00 00 00
                \tFound 4 elements
                Found 1 element
                """, "map dump name routes --recursive");
        String json = shell.run("-j map dump name routes --recursive").out();
        assertTrue(json.startsWith("[{\"key\":[\"0x01\",\"0x00\",\"0x00\",\"0x00\"],"
                + "\"value\":[\"0x01\",\"0x00\",\"0x00\",\"0x00\"],"
                + "\"inner_map\":{\"id\":1,\"name\":\"blue\",\"elements\":[{\"key\":[\"0x00\""),
                json);
        assertTrue(json.endsWith("]}]}}]\n"), json);
        assertEquals(shell.run("map dump name blue").out(),
                shell.run("map dump name blue --recursive").out());
    }

    @Test
    void manySlotsAreNamedToo() {
        ok("id 1  revision 1\n", "map create type array key 4 value 8 entries 4 name t");
        ok("id 2  revision 2\n",
                "map create type array_of_maps key 4 value 4 entries 32 name o inner_map name t");
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            shell.run("map create type array key 4 value 8 entries 4 name m" + i);
            shell.run("map update name o key " + i + " 0 0 0 value name m" + i);
            expected.append("key: %02x 00 00 00  value: name m%d (id %d)\n".formatted(i, i, i + 3));
        }
        ok(expected + "Found 20 elements\n", "map dump name o");
    }

    @Test
    void aDevmapShowsItsEmptySlotsAndWhatEachNodeResolves() {
        ok("id 1  revision 1\n", "map create type devmap key 4 value 4 entries 4 name d");
        ok("revision 2\n", "map update name d key 2 0 0 0 value ifindex lo");
        ok("""
                key: 00 00 00 00  value: <no entry>
                key: 01 00 00 00  value: <no entry>
                key: 02 00 00 00  value: ifindex("lo")
                key: 03 00 00 00  value: <no entry>
                Found 1 element
                """, "map dump name d");
    }

    @Test
    void aDevmapHashShowsWhatItHas() {
        ok("id 1  revision 1\n", "map create type devmap_hash key 4 value 4 entries 4 name d");
        ok("revision 2\n", "map update name d key 2 0 0 0 value ifindex lo");
        ok("[{\"key\":[\"0x02\",\"0x00\",\"0x00\",\"0x00\"],"
                + "\"value\":{\"expression\":\"ifindex(\\\"lo\\\")\"}}]\n", "map dump name d -j");
    }

    @Test
    void anAbsentElementIsNotFoundAndAnAbsentMapIsAnError() {
        ok("id 1  revision 1\n", "map create type hash key 4 value 4 entries 8 name h");
        assertEquals(new Ran(254, "key:\n63 00 00 00\n\nNot found\n", ""),
                shell.run("map lookup name h key 99 0 0 0"));
        assertEquals(new Ran(254, "null\n", ""), shell.run("-j map lookup name h key 99 0 0 0"));
        Ran absent = shell.run("map lookup name nosuch key 99 0 0 0");
        assertEquals(254, absent.exitCode());
        assertEquals("Error: map \"default/nosuch\": there is no such map (ENOENT)\n",
                absent.err());
        assertEquals("", absent.out());
    }

    @Test
    void aRefusalHasItsErrnoInTextJsonAndExitCode() {
        outer();
        Ran refused = shell.run("map update name routes key 1 0 0 0 value name blue noexist");
        assertEquals(234, refused.exitCode());
        assertTrue(refused.err().startsWith("Error: update \"default/routes\": flags 0x1: "),
                refused.err());
        assertTrue(refused.err().endsWith(" (EINVAL)\n"), refused.err());
        assertEquals("", refused.out());
        Ran json = shell.run("map update name routes key 1 0 0 0 value name blue noexist -j");
        assertEquals(234, json.exitCode());
        assertEquals("{\"error\":\"update failed: Invalid argument\"}\n", json.out());
        assertEquals(refused.err(), json.err());
        Ran full = shell
                .run("map update name routes key 1 0 0 0 value name blue noexist -j -o json");
        assertTrue(full.out().startsWith("{\"error\":\"update \\\"default/routes\\\": flags 0x1: "),
                full.out());
        assertTrue(full.out().endsWith("\",\"errno\":\"EINVAL\"}\n"), full.out());
        assertEquals("", full.err());
        assertEquals(239,
                shell.run("map create type array key 4 value 8 entries 4 name blue").exitCode());
    }

    @Test
    void bytesForASlotAreRefusedWithTheWordsForAMap() {
        outer();
        Ran refused = shell.run("map update name routes key 1 0 0 0 value 1 0 0 0");
        assertEquals(234, refused.exitCode());
        assertTrue(refused.err().contains("name NAME, id N or pinned PATH"), refused.err());
    }

    @Test
    void behindTheLastKeyThereIsNone() {
        ok("id 1  revision 1\n", "map create type hash key 4 value 4 entries 8 name h");
        assertEquals(254, shell.run("map getnext name h").exitCode());
        Ran json = shell.run("map getnext name h -j");
        assertEquals("{\"error\":\"can't get next key: No such file or directory\"}\n", json.out());
    }

    @Test
    void aByteOver255IsAUsageErrorThatShowsWhere() {
        assertEquals(new Ran(255, "",
                """
                        Error: map lookup: "256" (word 4) is over 255, so it is no byte; as a little-endian number of 2 bytes it is 0 1
                            name h key 256 0 0 0
                                       ^
                        """),
                shell.run("map lookup name h key 256 0 0 0"));
        Ran json = shell.run("map lookup name h key 256 0 0 0 --json");
        assertEquals(255, json.exitCode());
        assertTrue(json.out().startsWith("{\"error\":\"map lookup: \\\"256\\\" (word 4)"),
                json.out());
    }

    @Test
    void namespacesKeepNamesApart() {
        ok("id 1  revision 1\n", "map create type hash key 4 value 4 entries 8 name h");
        ok("id 2  revision 2\n",
                "--namespace lb map create type hash key 4 value 4 entries 8 name h");
        assertTrue(shell.run("map show -n lb").out().startsWith("2: hash"), "the other one");
        assertTrue(shell.run("map show").out().startsWith("1: hash"), "ours");
        assertEquals(2, shell.run("map show -A")
                .out()
                .lines()
                .filter(l -> l.contains("namespace"))
                .count());
        Ran byVariable = Shell.run(List.of("map", "show", "name", "h"),
                Map.of("NESTMAP_SERVER", store.address(), "NESTMAP_NAMESPACE", "lb"));
        assertTrue(byVariable.out().startsWith("2: hash"), byVariable.out());
    }

    @Test
    void aReaderThatGoesAwayEndsADumpWithoutAWord() {
        shell.run("map create type array key 4 value 8 entries 5000 name big");
        PrintStream closed = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        }, false, StandardCharsets.UTF_8);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = new Nestmap(Map.of(), closed,
                new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of("--server", store.address(), "map", "dump", "name", "big"));
        assertEquals(141, exitCode);
        assertEquals(0, err.size());
    }

    /** Map 1 "blue", map 2 "routes" with blue in slot 1; revision 3. */
    private void outer() {
        ok("id 1  revision 1\n", "map create type array key 4 value 8 entries 4 name blue");
        ok("id 2  revision 2\n",
                "map create type array_of_maps key 4 value 4 entries 256 name routes "
                        + "inner_map type array key 4 value 8 entries 4");
        ok("revision 3\n", "map update name routes key 1 0 0 0 value name blue");
    }

    private void ok(String out, String line) {
        assertEquals(new Ran(0, out, ""), shell.run(line), line);
    }
}
