package dev.nestmap.systemtests.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is no object file ends in one line and exit code 2; a file that does not fit the store changes nothing. */
class ForeignFilesTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsNoObjectFileIsRefusedInOneLine() throws Exception {
        byte[] whole = Files.readAllBytes(BpfProgram.compile("import_director"));
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), folder.resolve("store"));
                Shell shell = nestmap.shell()) {
            refused(shell, folder.resolve("missing.o"), "does not exist");
            refused(shell, folder, "is a directory");
            Path pipe = folder.resolve("pipe.o");
            Command.of("mkfifo", pipe.toString()).run();
            refused(shell, pipe, "is no regular file");
            refused(shell, file("empty.o", new byte[0]), "does not begin with an ELF header");
            refused(shell, file("text.o", "int main() {}".getBytes(
                    StandardCharsets.US_ASCII)), "ELF header");
            byte[] noise = new byte[64 << 20];
            new Random(3).nextBytes(noise);
            refused(shell, file("noise.o", noise), "ELF header");
            byte[] more = Arrays.copyOf(whole, (64 << 20) + 1);
            refused(shell, file("large.o", more), "has more than 67108864 bytes");
            Path host = folder.resolve("host.o");
            Files.writeString(folder.resolve("host.c"), "int answer = 42;\n");
            Command.of("cc", "-g", "-c", folder.resolve("host.c").toString(), "-o",
                    host.toString()).run();
            refused(shell, host, "not for BPF (247)");
            for (int size = 0; size < whole.length; size += Math.max(1, whole.length / 60)) {
                refused(shell, file("cut.o", Arrays.copyOf(whole, size)), "import:");
            }
            mismatchChangesNothing(shell, file("whole.o", whole));
        }
    }

    private static void mismatchChangesNothing(Shell shell, Path object) {
        shell.run("map create type hash key 24 value 4 entries 100 name glb_binds");
        Command.Result diff = shell.attempt("import " + object + " --diff");
        assertEquals(1, diff.status());
        assertTrue(diff.out().contains("max_entries: 100 in the store, 4096 in the file"),
                diff.out());
        assertTrue(diff.out().contains("+ glb_tables"), diff.out());
        Command.Result refused = shell.attempt("import " + object);
        assertEquals(239, refused.status(), refused.err());
        assertTrue(refused.err()
                .contains(
                        "\"glb_binds\" (max_entries: 100 in the store, 4096 in the file; types: none in the store"),
                refused.err());
        assertEquals(1,
                shell.run("map show").lines().filter(line -> line.contains("name ")).count());
        shell.run("import " + object + " --map glb_table_secrets --map config_bits");
        assertEquals(3,
                shell.run("map show").lines().filter(line -> line.contains("name ")).count());
        assertEquals(2, shell.attempt("import " + object + " --map nosuch").status());
        assertEquals(2, shell.attempt("import").status());
    }

    private Path file(String name, byte[] content) throws Exception {
        return Files.write(folder.resolve(name), content);
    }

    private static void refused(Shell shell, Path file, String sentence) {
        Command.Result result = shell.attempt("import " + file);
        assertEquals(2, result.status(), file + ": " + result.out() + result.err());
        assertTrue(result.err().contains(sentence), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
    }
}
