package dev.nestmap.systemtests.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each map of an object file is in the kernel what libbpf's loader makes of it, the templates of outer maps included. */
class ImportedDefinitionsTest {
    private static final List<String> FIELDS = List.of("type", "bytes_key", "bytes_value",
            "max_entries", "flags");

    private static BpfFilesystem pins;
    private static Nestmap nestmap;
    private static Shell shell;

    @BeforeAll
    static void startNestmap(@TempDir Path data) {
        pins = new BpfFilesystem();
        nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
        shell = nestmap.shell();
    }

    @AfterAll
    static void stopNestmapAndRemovePins() {
        try (BpfFilesystem _ = pins; Nestmap _ = nestmap; Shell _ = shell) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    @Test
    void theMapsOfABalancerAreThoseThatLibbpfMakes() throws Exception {
        Path theirs = importAndCompare("import_balancer", 8);
        exchangeInners(theirs, "lru_mapping", "fallback_cache", "0 0 0 0", "stats");
        shell.run("map create type hash key 4 value 1 entries 4096 name down flags 1");
        shell.run("map wait name down --for=applied");
        put(theirs.resolve("vip_to_down_reals"), "0 ".repeat(20).strip(), ours("down"));
    }

    @Test
    void theMapsOfADirectorAreThoseThatLibbpfMakesWithTheirSlots() throws Exception {
        Path theirs = importAndCompare("import_director", 6);
        exchangeInners(theirs, "glb_tables", "glb_table_b", "4 0 0 0", "glb_table_secrets");
        assertEquals(
                List.of(Bytes.u32le(0), Bytes.u32le(4), Bytes.u32le(17)),
                List.copyOf(KernelMap.pinned(theirs.resolve("glb_tables")).elements().keySet())
                        .stream()
                        .sorted((a, b) -> Integer.compare(a.intLe(0), b.intLe(0)))
                        .toList());
        assertEquals(Bytes.u32le(KernelMap.pinned(ours("glb_table_a")).id()),
                KernelMap.pinned(ours("glb_tables")).elements().get(Bytes.u32le(0)));
        assertEquals(Bytes.u32le(KernelMap.pinned(ours("glb_table_b")).id()),
                KernelMap.pinned(ours("glb_tables")).elements().get(Bytes.u32le(17)));
    }

    @Test
    void theMapsOfAnEnforcerAreThoseThatLibbpfMakesWithTheirLocks() throws Exception {
        Path theirs = importAndCompare("import_enforcer", 6);
        exchangeInners(theirs, "v_file_outer", "v_default_rules", "1 0 0 0", "v_policies");
        exchangeInners(theirs, "v_policy_outer", "v_policies", "1 0 0 0", "v_default_rules");
        shell.run("map create type hash key 4 value 16 entries 16 name v_unlocked");
        shell.run("map wait name v_unlocked --for=applied");
        assertNotEquals(0, attemptPut(theirs.resolve("v_policy_outer"), "2 0 0 0",
                ours("v_unlocked")).status());
        assertNotEquals(0, shell.attempt(
                "map update name v_policy_outer key 2 0 0 0 value name v_unlocked").status());
        assertEquals(0, shell.attempt(
                "map update name v_policy_outer key 2 0 0 0 value name v_policies").status());
        assertEquals(244, shell.attempt("map freeze name v_policies").status());
    }

    /** The folder in which libbpf's maps are pinned. */
    private static Path importAndCompare(String name, int maps) throws IOException {
        Path theirs = pins.folder("libbpf_" + name);
        Path object = BpfProgram.objectWithMapsIn(name, theirs);
        assertEquals(1, shell.attempt("import " + object + " --diff").status());
        String told = shell.run("import " + object);
        assertEquals(0, shell.attempt("import " + object + " --diff").status());
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(theirs)) {
            files.filter(file -> !Files.isDirectory(file))
                    .map(file -> file.getFileName().toString())
                    .filter(file -> !file.endsWith("_bss") && !file.endsWith("_rodata"))
                    .forEach(names::add);
        }
        assertEquals(maps, names.size(), names + "\n" + told);
        StringBuilder table = new StringBuilder(name + "\n" + told);
        for (String map : names) {
            shell.run("map wait name " + map + " --for=applied");
            List<String> wanted = shown(theirs.resolve(map));
            List<String> made = shown(ours(map));
            table.append("%-18s libbpf %s%n%-18s import %s%n".formatted(map, wanted, "", made));
            assertEquals(wanted, made, map);
        }
        System.out.print(table);
        return theirs;
    }

    private static List<String> shown(Path pin) {
        String json = Command.of("bpftool", "-j", "map", "show", "pinned", pin.toString()).run();
        return FIELDS.stream().map(field -> {
            Matcher matcher = Pattern.compile("\"" + field + "\":(\"[^\"]*\"|[0-9]+)")
                    .matcher(json);
            assertTrue(matcher.find(), json);
            return field + "=" + matcher.group(1);
        }).toList();
    }

    /** Nothing shows a template but what fits into a slot: each side's inner map fits into the other's outer map. */
    private static void exchangeInners(Path theirs, String outer, String inner, String key,
            String wrong) {
        put(theirs.resolve(outer), key, ours(inner));
        put(ours(outer), key, theirs.resolve(inner));
        assertNotEquals(0, attemptPut(theirs.resolve(outer), key, ours(wrong)).status());
        assertNotEquals(0, attemptPut(ours(outer), key, theirs.resolve(wrong)).status());
    }

    private static void put(Path outer, String key, Path inner) {
        Command.Result result = attemptPut(outer, key, inner);
        assertEquals(0, result.status(), outer + " takes " + inner + ": " + result.err());
    }

    private static Command.Result attemptPut(Path outer, String key, Path inner) {
        return Command.of("bpftool", "map", "update", "pinned", outer.toString(), "key")
                .and(List.of(key.split(" ", -1)))
                .and("value", "pinned", inner.toString())
                .attempt();
    }

    private static Path ours(String map) {
        return Nestmap.pins(pins.root().resolve("nestmap")).resolve(map);
    }
}
