package dev.nestmap.systemtests.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Elements edited by field name are in the kernel what a C program would have written there. */
class TypedValuesTest {
    private static BpfFilesystem pins;
    private static Nestmap nestmap;
    private static Shell shell;
    private static Map<String, Bytes> inC;

    @BeforeAll
    static void importObjects(@TempDir Path folder) {
        pins = new BpfFilesystem();
        nestmap = Nestmap.dev(pins.folder("nestmap"), folder.resolve("store"));
        shell = nestmap.shell();
        for (String name : new String[]{"balancer", "director", "enforcer"}) {
            shell.run("import " + BpfProgram.compile("import_" + name));
        }
        Path program = folder.resolve("typed_values");
        Command.of("cc", "-Wall", "-Werror", "-o", program.toString(), "src/test/c/typed_values.c")
                .run();
        inC = new TreeMap<>();
        Command.of(program.toString()).run().lines().forEach(line -> {
            String[] parts = line.split(" ", -1);
            inC.put(parts[0], Bytes.hex(parts[1]));
        });
    }

    @AfterAll
    static void stopNestmapAndRemovePins() {
        try (BpfFilesystem _ = pins; Nestmap _ = nestmap; Shell _ = shell) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    @Test
    void fieldsBecomeTheBytesThatACProgramWrites() {
        written("vip_map", "{\"addr\":\"10.0.0.1\",\"port\":443,\"proto\":6}", c("vip_key"),
                "{\"flags\":3735928559,\"vip_num\":511}", c("vip_meta"));
        written("vip_map", "{\"addr6\":\"2001:db8::1\",\"port\":53,\"proto\":17}", c("vip_key6"),
                "{\"flags\":3735928559,\"vip_num\":511}", c("vip_meta"));
        written("reals", "3", Bytes.u32le(3), "{\"dst6\":\"fd00::2\",\"flags\":1}", c("real"));
        written("lpm_src", "{\"prefixlen\":24,\"addr\":\"192.0.2.0\"}", c("src_prefix"), "7",
                Bytes.u32le(7));
        written("glb_table_a", "5", Bytes.u32le(5),
                "{\"primary\":\"10.1.0.1\",\"secondary\":\"10.1.0.2\"}", c("table_entry"));
        written("glb_binds",
                "{\"addr\":\"203.0.113.9\",\"port\":8443,\"proto\":6,\"bits\":32}", c("bind"),
                "17", Bytes.u32le(17));
        written("glb_table_secrets", "1", Bytes.u32le(1),
                "{\"key\":[0,17,34,51,68,85,102,119,136,153,170,187,204,221,238,255]}",
                c("secret"));
        written("config_bits", "0", Bytes.u32le(0), "{\"mac\":\"02:42:ac:11:00:02\"}",
                c("gateway"));
        written("v_default_rules", "2", Bytes.u32le(2),
                "{\"mode\":\"RULE_DENY\",\"priority\":-5,\"pattern\":{\"flags\":9,\"prefix_length\":5,"
                        + "\"suffix_length\":4095,\"prefix\":\"/etc/\",\"suffix\":\"0123456789abcdef\"},"
                        + "\"ports\":[22,0,65535]}",
                c("file_rule"));
        written("v_policies", "1", Bytes.u32le(1), "{\"hits\":5,\"mode\":\"RULE_AUDIT\"}",
                Bytes.hex("05000000000000000000000001000000"));
    }

    /** Writes an element by fields; then it stands in the kernel, shows as bpftool shows it, and what is shown can be typed. */
    private static void written(String map, String key, Bytes keyInC, String value,
            Bytes valueInC) {
        shell.run("map update name " + map + " key " + key + " value " + value);
        shell.run("map wait name " + map + " --for=applied");
        KernelMap kernel = nestmap.kernelMap(map);
        assertEquals(valueInC, kernel.elements().get(keyInC), map);
        String theirs = Command.of("bpftool", "-j", "map", "lookup")
                .and(kernel.reference())
                .and("key", "hex")
                .and(keyInC.toString().split(" ", -1))
                .run();
        assertEquals(theirs.strip(),
                shell.run("-j map lookup name " + map + " key " + key).strip());
        assertTrue(theirs.contains("formatted"), theirs);
        String shown = shell.run("map lookup name " + map + " key " + key);
        String typed = shown.substring(shown.indexOf("\"value\":") + 8, shown.lastIndexOf('}'))
                .replaceAll("\\s", "");
        shell.run("map update name " + map + " key " + key + " value " + typed + " exist");
        assertEquals(shown, shell.run("map lookup name " + map + " key " + key));
        System.out.printf("%s %s -> %s %s%n", map, value, keyInC, valueInC);
    }

    @Test
    void whatDoesNotFitIsRefusedByItsPathAndNothingIsSent() {
        refused("map update name vip_map key {\"addr\":\"10.0.0.1\",\"port\":70000} value {}",
                "key.port: 70000 does not fit u16");
        refused("map update name vip_map key {\"adr\":1} value {}",
                "key.adr: struct vip_key has no such member; it has addr, addr6, port, proto");
        refused("map update name v_default_rules key 1 value {\"mode\":\"DENY\"}",
                "value.mode: enum rule_mode has no \"DENY\"; it has RULE_ALLOW, RULE_AUDIT, RULE_DENY");
        refused("map update name v_default_rules key 1 value {\"mode\":",
                "value: no JSON");
        refused("map update name glb_tables key {\"a\":1} value name glb_table_a",
                "has no BTF, so its key is written in bytes");
    }

    private static void refused(String line, String sentence) {
        Command.Result result = shell.attempt(line);
        assertEquals(255, result.status(), result.out() + result.err());
        assertTrue(result.err().contains(sentence), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void dumpsShowFields() {
        shell.run("map update name glb_table_b key 9 value {\"primary\":\"10.9.0.1\"}");
        String dump = shell.run("map dump name glb_binds");
        assertTrue(dump.startsWith("[") && dump.endsWith("]\n"), dump);
        assertTrue(shell.run("map lookup name glb_table_b key 9")
                .contains(
                        "\"primary\": \"10.9.0.1\""));
    }

    /** The types of the object's inner template are not lost with its file. */
    @Test
    void aMapOfAnImportedOuterMapIsTypedAndFitsItsSlots() {
        shell.run("map create name glb_table_c of name glb_tables");
        shell.run(
                "map update name glb_table_c key 7 value {\"primary\":\"10.1.0.1\",\"secondary\":\"10.1.0.2\"}");
        shell.run("map update name glb_tables key 3 0 0 0 value name glb_table_c");
        shell.run("map wait name glb_tables --for=applied");
        assertTrue(shell.run("map lookup name glb_table_c key 7")
                .contains("\"secondary\": \"10.1.0.2\""));
    }

    private static Bytes c(String name) {
        return Objects.requireNonNull(inC.get(name), name);
    }
}
