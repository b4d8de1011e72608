package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A BPF program of {@code src/test/bpf}, loaded and pinned.
 *
 * @param pin where the program is pinned
 */
public record BpfProgram(Path pin) {
    private static final Path SOURCES = Path.of("src/test/bpf");
    private static final Path OBJECTS = Path.of("target/bpf");
    private static final Pattern MAP_IDS = Pattern.compile("\"map_ids\":\\[([^]]*)]");

    /**
     * Compiles {@code <name>.bpf.c} and loads it.
     *
     * <p>Maps with LIBBPF_PIN_BY_NAME are shared through {@code sharedMaps}: a map that is pinned
     * there under its name is used, and one that is not is created and pinned there. Other maps
     * belong to the program alone; {@link #map(String)} finds them.
     *
     * @param defines macro definitions, such as {@code SLOTS=8}
     */
    public static BpfProgram load(String name, Path pin, Path sharedMaps, String... defines) {
        Path object = compile(name, defines);
        // libbpf takes the folder of such pins from pin_root_path, which bpftool (7.1) cannot set:
        // it is always /sys/fs/bpf. `map name NAME pinned PATH` does not help either, libbpf then
        // goes on to pin the map that it was given at /sys/fs/bpf/NAME. So bpftool runs with a mount
        // namespace of its own in which the folder lies over /sys/fs/bpf; nobody else sees that.
        Command.of("unshare", "--mount", "sh", "-ec",
                "mount --bind \"$1\" /sys/fs/bpf; exec bpftool prog load \"$2\" \"$3\"", "sh",
                sharedMaps.toString(),
                object.toString(), pin.toString()).run();
        return new BpfProgram(pin);
    }

    /** Compiles {@code <name>.bpf.c} and has libbpf make its maps, all of them pinned in a folder, and nothing attached. */
    public static Path objectWithMapsIn(String name, Path maps) {
        Path object = compile(name);
        Command.of("unshare", "--mount", "sh", "-ec",
                "mount --bind \"$1\" /sys/fs/bpf; "
                        + "exec bpftool prog loadall \"$2\" /sys/fs/bpf/programs pinmaps /sys/fs/bpf",
                "sh", maps.toString(), object.toString()).run();
        return object;
    }

    /** Compiles {@code <name>.bpf.c}. */
    public static Path compile(String name, String... defines) {
        try {
            Files.createDirectories(OBJECTS);
            Path object = Files.createTempFile(OBJECTS, name, ".o").toAbsolutePath();
            Command.of("clang", "-O2", "-g", "-Wall", "-Werror", "-target", "bpf", "-mcpu=v3")
                    .and(systemHeaders().map(folder -> "-I" + folder).toList())
                    .and(Stream.of(defines).map(define -> "-D" + define).toList())
                    .and("-c", SOURCES.resolve(name + ".bpf.c").toString(), "-o", object.toString())
                    .run();
            return object;
        } catch (IOException e) {
            throw new UncheckedIOException("compile " + name, e);
        }
    }

    // For the target bpf, clang leaves out the folder in which Debian keeps <asm/types.h>.
    private static Stream<Path> systemHeaders() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("/usr/include"))) {
            return folders.filter(folder -> Files.exists(folder.resolve("asm/types.h")))
                    .toList()
                    .stream();
        }
    }

    /** One of its maps, by the name it has in the kernel (15 characters at most). */
    public KernelMap map(String name) {
        Matcher ids = MAP_IDS.matcher(
                Command.of("bpftool", "-j", "prog", "show", "pinned", pin.toString()).run());
        if (ids.find()) {
            for (String id : ids.group(1).split(",", -1)) {
                KernelMap map = KernelMap.id(Integer.parseInt(id));
                String shown = Command.of("bpftool", "-j", "map", "show")
                        .and(map.reference())
                        .run();
                if (shown.contains("\"name\":\"" + name + "\"")) {
                    return map;
                }
            }
        }
        throw new AssertionError("program " + pin + " has no map " + name);
    }

    /** Has this XDP program see every packet that a device receives. */
    public void attachXdp(Namespace namespace, String device) {
        namespace
                .command("bpftool", "net", "attach", "xdp", "pinned", pin.toString(), "dev", device)
                .run();
    }

    /** Has this tc program see every packet that a device receives, after XDP let it pass. */
    public void attachIngress(Namespace namespace, String device) {
        namespace.command("tc", "qdisc", "add", "dev", device, "clsact").run();
        namespace
                .command("tc", "filter", "add", "dev", device, "ingress", "bpf", "direct-action",
                        "object-pinned",
                        pin.toString())
                .run();
    }

    /** Runs this program on one made-up packet, again and again, within a second or so for a million. */
    public void run(int times) {
        try {
            Path packet = OBJECTS.resolve("zeros.bin");
            if (!Files.exists(packet)) {
                Files.write(packet, new byte[64]);
            }
            Command.of("bpftool", "prog", "run", "pinned", pin.toString(), "data_in",
                    packet.toString(), "repeat",
                    Integer.toString(times)).within(Duration.ofMinutes(1)).run();
        } catch (IOException e) {
            throw new UncheckedIOException("write a packet to " + OBJECTS, e);
        }
    }
}
