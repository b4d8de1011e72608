package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bpftool map dump} of the pin in the kernel and {@code nestmap map dump} of the map in the store, side by side. */
class SameElementsTest {
    private static final int SEED = 5;
    private static final int HASH_ELEMENTS = 20;
    private static final Pattern SLOT = Pattern.compile(
            "\\{\"key\":\\[([^]]*)],\"value\":\\[[^]]*],\"inner_map_id\":\\d+,\"inner_map_name\":\"(\\w+)\"}");

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

    // bpftool breaks lines by the sizes of key and value: each of its forms is here.
    @ParameterizedTest
    @CsvSource({"1,1", "8,9", "17,5", "20,16", "40,3"})
    void theDumpsOfAnArrayAreEqualByteForByte(int valueSize, int entries) {
        String name = "array_" + valueSize;
        shell.run("map create type array key 4 value %d entries %d name %s"
                .formatted(valueSize, entries, name));
        Random random = new Random(SEED);
        for (int index = 0; index < entries; index += 2) {
            update(name, index + " 0 0 0", randomBytes(random, valueSize));
        }
        awaitApplied(name);
        assertEquals(bpftool(name), shell.run("map dump name " + name));
        assertEquals(bpftool(name, "-j"), shell.run("-j map dump name " + name));
        assertEquals(bpftool(name, "-p"), shell.run("-p map dump name " + name));
    }

    @ParameterizedTest
    @CsvSource({"3,7,0", "8,8,1", "16,9,0", "17,30,1"})
    void theDumpsOfAHashShowTheSameElementsInTheirOwnOrder(int keySize, int valueSize, int flags) {
        String name = "hash_" + keySize;
        shell.run("map create type hash key %d value %d entries 100 flags %d name %s"
                .formatted(keySize, valueSize, flags, name));
        Random random = new Random(SEED);
        for (int i = 0; i < HASH_ELEMENTS; i++) {
            update(name, randomBytes(random, keySize), randomBytes(random, valueSize));
        }
        awaitApplied(name);
        assertEquals(HASH_ELEMENTS, nestmap.kernelMap(name).elements().size());
        assertEquals(textElements(bpftool(name)), textElements(shell.run("map dump name " + name)));
        assertEquals(jsonElements(bpftool(name, "-j")),
                jsonElements(shell.run("-j map dump name " + name)));
    }

    @ParameterizedTest
    @CsvSource({"array key 4 value 4 entries 3,array_of_zeros",
            "hash key 4 value 4 entries 3,hash_of_nothing",
            "devmap key 4 value 4 entries 3,devmap_of_nothing"})
    void theDumpsOfAMapThatWasNeverWrittenAreEqual(String definition, String name) {
        shell.run("map create type " + definition + " name " + name);
        awaitApplied(name);
        assertEquals(bpftool(name), shell.run("map dump name " + name));
        assertEquals(bpftool(name, "-j"), shell.run("-j map dump name " + name));
    }

    @Test
    void theDumpsOfADevmapAreEqualAndShowItsEmptySlots() {
        shell.run("map create type devmap key 4 value 4 entries 6 name devices");
        update("devices", "1 0 0 0", "1 0 0 0");
        update("devices", "4 0 0 0", "1 0 0 0");
        awaitApplied("devices");
        assertEquals(bpftool("devices"), shell.run("map dump name devices"));
        assertEquals(bpftool("devices", "-j"), shell.run("-j map dump name devices"));
    }

    @ParameterizedTest
    @CsvSource({"array_of_maps,4,0", "hash_of_maps,6,0", "hash_of_maps,5,1"})
    void theDumpsOfAnOuterMapShowTheSameKeysAndTheSameInnerMaps(String type, int keySize,
            int flags) {
        String name = "outer_%d_%d".formatted(keySize, flags);
        shell.run("map create type %s key %d value 4 entries 8 flags %d name %s ".formatted(type,
                keySize, flags, name) + "inner_map type array key 4 value 8 entries 2");
        String zeros = " 0".repeat(keySize - 1);
        for (int slot = 0; slot < 8; slot += 3) {
            String inner = name + "_" + slot;
            shell.run("map create type array key 4 value 8 entries 2 name " + inner);
            shell.run("map update name %s key %d%s value name %s".formatted(name, slot, zeros,
                    inner));
        }
        awaitApplied(name);
        TreeMap<Bytes, Bytes> ours = new TreeMap<>();
        for (MatchResult slot : SLOT.matcher(shell.run("-j -o json map dump name " + name))
                .results()
                .toList()) {
            Bytes key = Bytes.wrap(
                    HexFormat.of().parseHex(slot.group(1).replaceAll("\"0x|\"|,", "")));
            ours.put(key, Bytes.u32le(nestmap.kernelMap(slot.group(2)).id()));
        }
        assertEquals(3, ours.size());
        assertEquals(nestmap.kernelMap(name).elements(), ours);
    }

    private static void update(String name, String key, String value) {
        shell.run("map update name %s key %s value %s".formatted(name, key, value));
    }

    private static void awaitApplied(String name) {
        shell.run("map wait name " + name + " --for=applied");
    }

    private static String bpftool(String name, String... options) {
        return Command.of("bpftool")
                .and(options)
                .and("map", "dump")
                .and(nestmap.kernelMap(name).reference())
                .run();
    }

    private static String randomBytes(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> Integer.toString(random.nextInt(256)))
                .collect(Collectors.joining(" "));
    }

    /** Elements, each with the line breaks it has, in an order that does not depend on the map's; then the last line. */
    private static List<String> textElements(String dump) {
        return List.of(dump.split("(?m)(?=^key:)|(?=^Found )", -1)).stream().sorted().toList();
    }

    private static List<String> jsonElements(String dump) {
        String elements = dump.strip();
        return List.of(elements.substring(1, elements.length() - 1).split("(?<=}),(?=\\{)", -1))
                .stream()
                .sorted()
                .toList();
    }
}
