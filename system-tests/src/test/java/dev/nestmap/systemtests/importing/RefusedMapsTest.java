package dev.nestmap.systemtests.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an import would refuse is shown as refused beforehand, with the rule; what libbpf would not load is no map. */
class RefusedMapsTest {
    @TempDir
    private Path folder;

    @Test
    void aDifferencePromisesNothingThatAnImportRefuses() throws Exception {
        Path object = BpfProgram.compile("import_refused");
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), folder.resolve("store"));
                Shell shell = nestmap.shell()) {
            Command.Result diff = shell.attempt("import " + object + " --diff");
            assertEquals(1, diff.status(), diff.err());
            assertTrue(diff.out().contains("x too_large  array")
                    && diff.out().contains("value_size is 2097152, the store holds values up to"),
                    diff.out());
            assertTrue(diff.out().contains("x no_entries  hash"), diff.out());
            assertTrue(diff.out().contains("x events  perf_event_array")
                    && diff.out().contains("libbpf would take the number of the host's CPUs"),
                    diff.out());
            assertTrue(diff.out().contains("+ many_parts  array")
                    && diff.out().contains("its types are left out: type "), diff.out());
            Command.Result refused = shell.attempt("import " + object);
            assertTrue(refused.status() > 2, refused.err());
            assertTrue(refused.err().contains("choose other maps with --map"), refused.err());
            assertEquals("", shell.run("map show"));
            shell.run("import " + object + " --map many_parts");
            assertTrue(shell.run("map show").contains("name many_parts"));
        }
    }

    @Test
    void aStaticMapIsNone() throws Exception {
        Path object = BpfProgram.compile("import_static");
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), folder.resolve("store"));
                Shell shell = nestmap.shell()) {
            Command.Result refused = shell.attempt("import " + object);
            assertEquals(2, refused.status(), refused.out());
            assertTrue(refused.err().contains("map \"hidden\" is a static variable"),
                    refused.err());
        }
    }
}
