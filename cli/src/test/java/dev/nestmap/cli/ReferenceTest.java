package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.manifest.ManifestReader;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Verb;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReferenceTest {
    private static final Path FILE = Path.of("..", "docs", "CLI.md");

    @Test
    void theReferenceIsThatOfTheCommands() throws IOException {
        assertEquals(Files.readString(FILE),
                Shell.run(List.of("help", "reference"), Map.of()).out(),
                "stale; refresh it: ./nestmap help reference > docs/CLI.md");
    }

    @Test
    void theReferenceHasEveryCommandAndEveryExitCode() {
        String text = Reference.markdown();
        for (Verb verb : Verbs.all()) {
            assertTrue(text.contains("\n### " + verb.help().path() + "\n"), verb.help().path());
        }
        for (ExitCode.Row row : ExitCode.ROWS) {
            assertTrue(text.contains("\n| %d | %s |".formatted(row.code(), row.errno())),
                    row.toString());
        }
    }

    @Test
    void theDocumentThatHelpShowsIsRead() throws Exception {
        StringBuilder document = new StringBuilder();
        DocumentHelp.TEXT.lines()
                .skip(2)
                .takeWhile(line -> line.isEmpty() || line.startsWith("    "))
                .forEach(line -> document.append(line).append('\n'));
        ManifestReader reader = new ManifestReader("default");
        reader.read("help", new StringReader(document.toString()
                .replace("numaNode: 0  ", "")
                .replace("flags: [no_prealloc]", "flags: 0")));
        assertEquals(1, reader.manifests().size());
        assertEquals("routes", reader.manifests().getFirst().spec().name());
    }
}
