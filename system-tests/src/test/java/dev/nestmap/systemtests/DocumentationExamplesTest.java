package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the kernel's own text on maps of maps (Documentation/bpf/map_of_maps.rst) shows of user space: {@code
 * create_outer_array} and {@code add_devmap}, done on the command line and through the Java client, against the kernel
 * of this host.
 */
class DocumentationExamplesTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NAMESPACE = "default";
    private static final Bytes FIRST = Bytes.u32le(0);
    private static final Bytes LAST = Bytes.u32le(255);
    private static final String LAST_WORDS = "255 0 0 0";
    // What bpftool makes of EINVAL, and nestmap after it.
    private static final int EINVAL_STATUS = 256 - Errno.EINVAL.number();
    private static final int LOOPBACK = 1;

    private static BpfFilesystem pins;
    private static Nestmap nestmap;
    private static NestmapClient client;
    private static Shell shell;

    @BeforeAll
    static void startNestmap(@TempDir Path data) {
        pins = new BpfFilesystem();
        nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
        client = nestmap.client();
        shell = nestmap.shell();
    }

    @AfterAll
    static void stopNestmapAndRemovePins() {
        try (BpfFilesystem _ = pins;
                Nestmap _ = nestmap;
                NestmapClient _ = client;
                Shell _ = shell) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    @Test
    void anOuterArrayMadeOnTheCommandLineWorksOnAfterItsTemplateIsDeleted() {
        type("map create type array key 4 value 8 entries 4 name template");
        type("map create type array_of_maps key 4 value 4 entries 256 name example_array"
                + " inner_map name template");
        type("map wait name example_array --for=applied");
        type("map remove name template");
        awaitThatTheKernelHasNo("template");

        type("map create type array key 4 value 8 entries 4 name inner");
        type("map update name example_array key " + LAST_WORDS + " value name inner");
        type("map wait name example_array --for=applied");
        assertIsArrayOf256Slots("example_array");
        assertHoldsInLastSlotOnly("example_array", "inner");

        type("map create type array key 4 value 16 entries 4 name unlike");
        Command.Result refused = nestmap.attempt(words(
                "map update name example_array key 0 0 0 0 value name unlike"));
        assertEquals(EINVAL_STATUS, refused.status(), refused.err());
        assertTrue(refused.err().contains("value_size"), refused.err());
        assertHoldsInLastSlotOnly("example_array", "inner");
    }

    @Test
    void anOuterArrayMadeThroughTheClientWorksOnAfterItsTemplateIsDeleted() {
        create("client_template", MapType.ARRAY, 8, 4);
        createOuter("client_array", "client_template");
        awaitApplied("client_array");
        client.map("client_template").delete();
        awaitThatTheKernelHasNo("client_template");

        create("client_inner", MapType.ARRAY, 8, 4);
        client.map("client_array").update(LAST, slot("client_inner"));
        awaitApplied("client_array");
        assertIsArrayOf256Slots("client_array");
        assertHoldsInLastSlotOnly("client_array", "client_inner");

        create("client_unlike", MapType.ARRAY, 16, 4);
        NestmapException refused = assertThrows(NestmapException.class,
                () -> client.map("client_array").update(FIRST, slot("client_unlike")));
        assertTrue(refused.is(Errno.EINVAL), refused.getMessage());
        assertHoldsInLastSlotOnly("client_array", "client_inner");
    }

    @Test
    void aDevmapMadeOnTheCommandLineIsPutIntoASlot() {
        type("map create type devmap key 4 value 4 entries 256 name devices");
        type("map create type array_of_maps key 4 value 4 entries 256 name by_priority"
                + " inner_map name devices");
        type("map update name devices key 0 0 0 0 value ifindex lo");
        type("map update name by_priority key " + LAST_WORDS + " value name devices");
        type("map wait name by_priority --for=applied");
        assertIsArrayOf256Slots("by_priority");
        assertHoldsInLastSlotOnly("by_priority", "devices");
        assertLeadsToLoopbackOnly("devices");
    }

    @Test
    void aDevmapMadeThroughTheClientIsPutIntoASlot() {
        create("client_devices", MapType.DEVMAP, 4, 256);
        createOuter("client_by_priority", "client_devices");
        client.map("client_devices").update(FIRST, new Value.Expression("ifindex(\"lo\")"));
        client.map("client_by_priority").update(LAST, slot("client_devices"));
        awaitApplied("client_by_priority");
        assertIsArrayOf256Slots("client_by_priority");
        assertHoldsInLastSlotOnly("client_by_priority", "client_devices");
        assertLeadsToLoopbackOnly("client_devices");
    }

    @ParameterizedTest
    @CsvSource({"noexist,1", "exist,2"})
    void onASlotOfAnArrayOnlyAnyIsTakenAndTheMessageSaysSo(String word, long flag) {
        String inner = "inner_" + word;
        String outer = "outer_" + word;
        shell.run("map create type array key 4 value 8 entries 1 name " + inner);
        shell.run("map create type array_of_maps key 4 value 4 entries 256 name " + outer
                + " inner_map name " + inner);
        shell.run("map update name " + outer + " key " + LAST_WORDS + " value name " + inner);
        shell.run("map wait name " + outer + " --for=applied");
        for (int index : new int[]{0, 255}) {
            String write = "key " + index + " 0 0 0 value";
            Command.Result kernel = Command.of("bpftool", "map", "update")
                    .and(nestmap.kernelMap(outer).reference())
                    .and(words(write))
                    .and(nestmap.kernelMap(inner).reference())
                    .and(word)
                    .attempt();
            Command.Result ours = shell.attempt("map update name " + outer + " " + write
                    + " name " + inner + " " + word);
            assertEquals(EINVAL_STATUS, kernel.status(), kernel.err());
            assertEquals(kernel.status(), ours.status(), ours.err());
            assertSaysTheWayOut(ours.err());
            NestmapException refused = assertThrows(NestmapException.class,
                    () -> client.map(outer).update(Bytes.u32le(index), slot(inner), flag));
            assertTrue(refused.is(Errno.EINVAL), refused.getMessage());
            assertSaysTheWayOut(String.valueOf(refused.getMessage()));
        }
        assertHoldsInLastSlotOnly(outer, inner);
        client.map(outer).update(FIRST, slot(inner), UpdateFlags.ANY);
        awaitApplied(outer);
        assertEquals(2, nestmap.kernelMap(outer).elements().size());
    }

    private static void assertSaysTheWayOut(String message) {
        assertTrue(message.contains("written with any (0) only") && message.contains("(EINVAL)"),
                message);
    }

    private static void type(String line) {
        nestmap.command(words(line)).run();
    }

    private static String[] words(String line) {
        return line.split(" ", -1);
    }

    private static void create(String name, MapType type, int valueSize, int entries) {
        client.maps().create(MapSpec.of(NAMESPACE, name, type, 4, valueSize, entries));
    }

    private static void createOuter(String name, String template) {
        client.maps()
                .create(MapSpec.of(NAMESPACE, name, MapType.ARRAY_OF_MAPS, 4, 4, 256),
                        new InnerSource.CopiedFrom(new MapRef.ByName(NAMESPACE, template)));
    }

    private static Value slot(String inner) {
        return new Value.Slot(new MapRef.ByName(NAMESPACE, inner));
    }

    private static void awaitApplied(String name) {
        assertTrue(client.nodes()
                .waitApplied(new MapRef.ByName(NAMESPACE, name), 0, SOON)
                .value()
                .complete(), () -> name + " is not applied\n" + nestmap.output());
    }

    private static void awaitThatTheKernelHasNo(String name) {
        Path pin = Nestmap.pins(pins.folder("nestmap")).resolve(name);
        Await.until(SOON, () -> Files.notExists(pin), () -> pin + "\n" + nestmap.output());
    }

    private static void assertIsArrayOf256Slots(String name) {
        String shown = Command.of("bpftool", "-j", "map", "show")
                .and(nestmap.kernelMap(name).reference())
                .run();
        for (String fact : new String[]{"\"type\":\"array_of_maps\"", "\"bytes_key\":4",
                "\"bytes_value\":4", "\"max_entries\":256"}) {
            assertTrue(shown.contains(fact), () -> fact + " is not in " + shown);
        }
    }

    private static void assertHoldsInLastSlotOnly(String outer, String inner) {
        TreeMap<Bytes, Bytes> expected = new TreeMap<>();
        expected.put(LAST, Bytes.u32le(nestmap.kernelMap(inner).id()));
        assertEquals(expected, nestmap.kernelMap(outer).elements());
    }

    private static void assertLeadsToLoopbackOnly(String devmap) {
        TreeMap<Bytes, Bytes> expected = new TreeMap<>();
        expected.put(FIRST, Bytes.u32le(LOOPBACK));
        KernelMap map = nestmap.kernelMap(devmap);
        assertEquals(expected, map.elements());
    }
}
