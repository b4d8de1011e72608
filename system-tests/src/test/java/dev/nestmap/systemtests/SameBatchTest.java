package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.cli.Nestmap;
import dev.nestmap.cli.daemon.Stores;
import dev.nestmap.cli.render.Terminal;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One file of 60 commands through {@code bpftool -j batch} against the kernel of this host and through {@code nestmap
 * -j batch} against a store: what both print is equal but for ids and sizes of memory. The store has no agent, because
 * the pins in the file belong to bpftool; it is still told the same paths.
 */
class SameBatchTest {
    private static final String FAILS = "# fails";
    private static final int COMMANDS = 60;
    private static final Pattern ID = Pattern.compile("\"id\":\\d+");
    private static final Pattern MEMORY = Pattern.compile("\"bytes_memlock\":\\d+,");
    /** The four bytes of an inner map's id. */
    private static final Pattern SLOT = Pattern
            .compile("\"value\":\\[\"0x..\",\"0x..\",\"0x..\",\"0x..\"]");
    /** bpftool gives -1 where the kernel refuses to create, and not the errno. */
    private static final int CREATE_FAILED = 255;

    private record Ran(int status, String out) {}

    @Test
    void whatBpftoolAndNestmapPrintIsEqual(@TempDir Path data) throws Exception {
        int commands = 0;
        try (BpfFilesystem pins = new BpfFilesystem();
                NestmapServer store = Stores.startOnly(data.resolve("store"), "127.0.0.1:0")) {
            for (List<String> piece : pieces(pins.root())) {
                String lines = String.join("\n", piece) + "\n";
                Ran kernel = bpftool(lines, data);
                Ran ours = nestmap(lines, "127.0.0.1:" + store.port());
                List<String> expected = answers(kernel.out());
                List<String> given = answers(ours.out());
                print(expected, given);
                assertEquals(expected, given, () -> lines);
                assertEquals(piece.size(), given.size(), () -> lines);
                assertEquals(statusOf(kernel, piece), ours.status(), () -> lines);
                commands += piece.size();
            }
        }
        assertEquals(COMMANDS, commands);
        System.out.printf("%d commands: equal but for ids and memory sizes%n", commands);
    }

    private static int statusOf(Ran kernel, List<String> piece) {
        boolean creates = piece.getLast().startsWith("map create");
        return creates && kernel.status() == CREATE_FAILED ? 256 - 22 : kernel.status();
    }

    /** Each is a batch file; only its last line may fail. */
    private static List<List<String>> pieces(Path root) throws IOException {
        List<List<String>> pieces = new ArrayList<>();
        List<String> piece = new ArrayList<>();
        try (InputStream file = Objects
                .requireNonNull(SameBatchTest.class.getResourceAsStream("/same.batch"))) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("$B", root.toString())
                    .split("\n", -1)) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    piece.add(line);
                }
                if (line.endsWith(FAILS)) {
                    pieces.add(List.copyOf(piece));
                    piece.clear();
                }
            }
        }
        assertEquals(List.of(), piece, "the last line fails");
        return pieces;
    }

    private static Ran bpftool(String lines, Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("batch"), lines);
        Command.Result result = Command.of("bpftool", "-j", "batch", "file", file.toString())
                .attempt();
        return new Ran(result.status(), result.out());
    }

    private static Ran nestmap(String lines, String server) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = new Nestmap(Map.of(),
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                Terminal.NONE)
                .run(List.of("--server", server, "-j", "batch", "file", "-"));
        return new Ran(status, out.toString(StandardCharsets.UTF_8));
    }

    /** One for each command, without what differs between any two kernels. */
    private static List<String> answers(String out) {
        String text = out.strip();
        List<String> answers = new ArrayList<>();
        for (String answer : text.substring(1, text.length() - 1)
                .split("(?<=}),(?=\\{\"command\":)", -1)) {
            String masked = MEMORY.matcher(ID.matcher(answer).replaceAll("\"id\":ID"))
                    .replaceAll("");
            answers.add(masked.contains("/outer\"")
                    ? SLOT.matcher(masked).replaceAll("\"value\":ID")
                    : masked);
        }
        return answers;
    }

    private static void print(List<String> expected, List<String> given) {
        for (int i = 0; i < Math.max(expected.size(), given.size()); i++) {
            String kernel = i < expected.size() ? expected.get(i) : "nothing";
            String ours = i < given.size() ? given.get(i) : "nothing";
            System.out.println(kernel.equals(ours)
                    ? "= " + ours
                    : "bpftool " + kernel + "\nnestmap " + ours);
        }
    }
}
