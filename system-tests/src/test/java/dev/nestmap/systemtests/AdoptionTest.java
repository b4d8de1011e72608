package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Namespace;
import dev.nestmap.systemtests.rig.NetworkNamespaces;
import dev.nestmap.systemtests.rig.PacketStream;
import dev.nestmap.systemtests.rig.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps that libbpf's own loader created and pinned, taken into the store while their program counts packets. */
class AdoptionTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PACKETS_PER_SECOND = 2000;
    private static final List<String> NAMES = List.of("routes", "tables", "table_a", "table_b",
            "packets");

    @TempDir
    private Path data;
    private LoaderHost host;
    private Path folder;
    private Shell shell;

    @BeforeEach
    void loadTheProgramAndStartAStore() {
        host = new LoaderHost(data, AdoptionTest::load);
        folder = host.folder();
        shell = host.shell();
    }

    private static void load(Path to) {
        BpfProgram.objectWithMapsIn("adopted", to);
        KernelMap routes = KernelMap.pinned(to.resolve("routes"));
        routes.update(Bytes.u32le(7), Bytes.u32le(70));
        routes.update(Bytes.u32le(8), Bytes.u32le(80));
        KernelMap.pinned(to.resolve("table_a")).update(Bytes.u32le(1), Bytes.u64le(11));
        KernelMap.pinned(to.resolve("table_b")).update(Bytes.u32le(2), Bytes.u64le(22));
    }

    @AfterEach
    void endThem() {
        host.close();
    }

    @Test
    void aProgramMissesNothingWhileItsMapsAreTakenOverAndThenEnforced() {
        try (NetworkNamespaces networks = new NetworkNamespaces()) {
            Namespace source = networks.add("source");
            Namespace target = networks.add("host");
            networks.join(source, "eth0", target, "eth0");
            source.address("eth0", "10.78.0.1/24");
            source.neighbour("eth0", "10.78.0.2", "02:00:00:00:00:02");
            new BpfProgram(folder.resolve("programs/adopted")).attachXdp(target, "eth0");
            Map<String, Integer> ids = ids();
            int sent;
            try (PacketStream stream = PacketStream.start(source, "10.78.0.2", 7777,
                    PACKETS_PER_SECOND, 0)) {
                awaitPackets(PACKETS_PER_SECOND);
                adoptAll();
                long before = counted(0);
                awaitPackets(before + PACKETS_PER_SECOND);
                assertEquals(ids, ids(), "ids of the maps");

                // From now on the store is what counts.
                shell.run("map update name routes key 9 0 0 0 value 90 0 0 0");
                shell.run("map update name tables_0 key 1 0 0 0 value 12 0 0 0 0 0 0 0");
                shell.run("map wait name routes");
                shell.run("map wait name tables");
                assertEquals(Map.of(Bytes.u32le(7), Bytes.u32le(70), Bytes.u32le(8),
                        Bytes.u32le(80), Bytes.u32le(9), Bytes.u32le(90)),
                        map("routes").elements());
                assertEquals(Map.of(Bytes.u32le(1), Bytes.u64le(12)),
                        map("table_a").elements());
                shell.run("map delete name routes key 8 0 0 0");
                Await.until(SOON,
                        () -> !map("routes").elements().containsKey(Bytes.u32le(8)),
                        () -> map("routes").elements().toString());
                awaitPackets(counted(0) + PACKETS_PER_SECOND);
                assertEquals(ids, ids(), "ids of the maps");
                sent = stream.stop();
            }
            Await.until(SOON, () -> counted(0) == sent,
                    () -> "%d packets sent, %d counted".formatted(sent, counted(0)));
            System.out.printf("%d packets sent, %d counted, %d missed something; ids %s%n", sent,
                    counted(0), counted(1), ids());
            assertEquals(0, counted(1), "packets that missed something");
        }
    }

    private void adoptAll() {
        String plan = shell.run("map adopt pinned " + folder.resolve("tables")
                + " --node host --contents --observe");
        assertTrue(plan.contains("would adopt hash \"tables_0\""), plan);
        assertTrue(plan.contains("kernel id " + map("table_a").id()), plan);
        assertTrue(plan.contains("used by " + folder.resolve("programs/adopted")), plan);
        assertTrue(plan.endsWith("nothing was written (--observe)\n"), plan);
        assertEquals("[]\n", shell.run("-j map show"));

        shell.run("map adopt pinned " + folder.resolve("tables") + " --node host --contents");
        shell.run("map adopt pinned " + folder.resolve("routes") + " --node host --contents");
        // The program writes it, so it stays the program's.
        shell.run("map adopt pinned " + folder.resolve("packets") + " --node host");
        for (String name : List.of("tables", "routes", "packets")) {
            shell.run("map wait name " + name);
        }
        String twice = shell.run(
                "map adopt pinned " + folder.resolve("routes") + " --node host --contents");
        assertTrue(twice.contains("nothing to do"), twice);
    }

    @Test
    void aLoaderThatIsUpgradedAfterItsMapsWereAdoptedIsFollowed() throws IOException {
        adoptAll();
        shell.run("map update name routes key 9 0 0 0 value 90 0 0 0");
        shell.run("map wait name routes");
        Map<String, Integer> before = ids();
        // As upgrades do: the pins are removed, and libbpf's loader makes everything anew.
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(path -> !path.equals(folder)).toList().reversed()) {
                Files.delete(path);
            }
        }
        load(folder);
        Map<String, Integer> loaded = ids();
        NAMES.forEach(name -> assertNotEquals(before.get(name), loaded.get(name), name));
        Map<Bytes, Bytes> wanted = Map.of(Bytes.u32le(7), Bytes.u32le(70), Bytes.u32le(8),
                Bytes.u32le(80), Bytes.u32le(9), Bytes.u32le(90));
        Await.until(SOON, () -> map("routes").elements().equals(wanted),
                () -> map("routes").elements() + shell.attempt("drift").out());
        shell.run("map wait name routes");
        shell.run("map wait name tables");
        Await.until(SOON, () -> shell.attempt("drift --open").status() == 0,
                () -> shell.attempt("drift").out());
        assertEquals(loaded, ids(), "ids of the maps");
        shell.run("map update name tables_0 key 1 0 0 0 value 12 0 0 0 0 0 0 0");
        shell.run("map wait name tables");
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u64le(12)), map("table_a").elements());
        String told = shell.run("drift name routes");
        System.out.println(told);
        assertTrue(told.contains("identity") && told.contains("the agent took up the map"), told);
    }

    @Test
    void aMapThatTheStoreDefinesOtherwiseIsLeftAloneUnlessToldWhatToDo() {
        Path routes = folder.resolve("routes");
        int id = map("routes").id();
        shell.run("map create " + routes
                + " type hash key 4 value 4 entries 128 name routes");
        Command.Result refused = shell.attempt(
                "map adopt pinned " + routes + " --node host --contents");
        assertEquals(239, refused.status(), refused.toString());
        assertTrue(refused.err().contains("max_entries is 64, the store has 128"),
                refused.toString());
        assertEquals(id, map("routes").id());
        String plan = shell.run("map adopt pinned " + routes
                + " --node host --contents --on-mismatch migrate --observe");
        assertTrue(plan.contains("nothing was changed"), plan);
        assertEquals(id, map("routes").id());

        String migrated = shell.run("map adopt pinned " + routes
                + " --node host --contents --on-mismatch migrate");
        assertTrue(migrated.contains("2 elements copied"), migrated);
        assertTrue(migrated.contains("still hold the former, to be loaded anew: "
                + folder.resolve("programs/adopted")), migrated);
        shell.run("map wait name routes");
        int now = map("routes").id();
        assertTrue(now != id, "the same map: " + now);
        assertEquals(Map.of(Bytes.u32le(7), Bytes.u32le(70), Bytes.u32le(8), Bytes.u32le(80)),
                map("routes").elements());
        shell.run("map update name routes key 9 0 0 0 value 90 0 0 0");
        shell.run("map wait name routes");
        assertEquals(now, map("routes").id());
        assertEquals(3, map("routes").elements().size());
    }

    @Test
    void whatCannotBeTakenOverIsRefusedWithTheReason() {
        assertRefused(254, "nothing is pinned there", folder + "/nosuch --node host");
        assertRefused(243, "open pin /etc/passwd", "/etc/passwd --node host");
        assertRefused(1, "no agent of that name follows", folder + "/routes --node elsewhere");
        assertRefused(255, "say on which node", folder + "/routes");
        assertRefused(234, "the agent would remove what is in",
                folder + "/routes ownership exclusive --node host");
        assertRefused(234, "this is not a map", folder + "/programs/adopted --node host");
        KernelMap.create(folder.resolve("queue"), "type queue key 0 value 4 entries 4");
        assertRefused(161, "cannot be taken over as bytes",
                folder + "/queue --node host --contents");
        KernelMap template = KernelMap.create(folder.resolve("template"),
                "type array key 4 value 4 entries 1");
        KernelMap.create(folder.resolve("empty"), "type array_of_maps key 4 value 4 entries 2",
                template);
        assertRefused(234, "no slot of", folder + "/empty --node host --contents");
        assertEquals("[]\n", shell.run("-j map show"));
        shell.run("map create " + folder.resolve("tables")
                + " type array_of_maps key 4 value 4 entries 4 name tables ownership observed inner_map type array key 4 value 4 entries 1");
        assertRefused(239, "Maps of maps are not exchanged", folder + "/tables --node host");
        assertRefused(161, "the type of maps in its slots is hash, the store has array",
                folder + "/tables --node host --on-mismatch migrate");
    }

    private void assertRefused(int status, String words, String rest) {
        Command.Result refused = shell.attempt("map adopt pinned " + rest);
        assertEquals(status, refused.status(), refused.toString());
        assertTrue((refused.out() + refused.err()).contains(words), refused.toString());
    }

    private void awaitPackets(long packets) {
        Await.until(SOON, () -> counted(0) >= packets, () -> counted(0) + " packets");
    }

    /** Of all CPUs. */
    private long counted(int what) {
        String dump = Command.of("bpftool", "-j", "map", "dump", "pinned",
                folder.resolve("packets").toString()).run();
        return Pattern
                .compile("\"key\":%d,\"values\":\\[([^]]*)]".formatted(what))
                .matcher(dump)
                .results()
                .flatMap(element -> Pattern.compile("\"value\":(\\d+)")
                        .matcher(element.group(1))
                        .results())
                .mapToLong(value -> Long.parseLong(value.group(1)))
                .sum();
    }

    private Map<String, Integer> ids() {
        Map<String, Integer> ids = new TreeMap<>();
        NAMES.forEach(name -> ids.put(name, map(name).id()));
        return ids;
    }

    private KernelMap map(String name) {
        return KernelMap.pinned(folder.resolve(name));
    }
}
