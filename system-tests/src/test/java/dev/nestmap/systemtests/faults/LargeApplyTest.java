package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.systemtests.faults.Processes.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents of more elements than one transaction takes, and of exactly as many. */
class LargeApplyTest {
    /** One for the map itself, and one for the comparison that guards it. */
    private static final int MOST = 100_000 - 2;

    @TempDir
    private Path folder;

    private Path document(String name, int elements) throws IOException {
        StringBuilder text = new StringBuilder("""
                apiVersion: nestmap/v1
                kind: Map
                metadata: {name: %s}
                spec: {type: hash, key: 4, value: 4, entries: 200000}
                contents:
                  elements:
                """.formatted(name));
        for (int i = 0; i < elements; i++) {
            text.append("  - {key: {u32le: %d}, value: {u32le: %d}}\n".formatted(i, i));
        }
        return Files.writeString(folder.resolve(name + ".yaml"), text);
    }

    @Test
    void whatIsTooLargeForOneRevisionIsRefusedAndGoesInParts() throws IOException {
        try (Processes processes = new Processes()) {
            String server = Processes.freeAddress();
            processes.start("server", "--data-dir", processes.data("store").toString(), "--listen",
                    server).awaitOutput("nestmap server", Processes.START);
            Path most = document("most", MOST);
            assertTrue(Processes.done(server, "apply -f " + most)
                    .startsWith("map default/most created (%d set)".formatted(MOST)));

            Path more = document("more", MOST + 1);
            Answer refused = Processes.run(server, "apply -f " + more);
            assertEquals(2, refused.exitCode(), refused::toString);
            assertTrue(refused.err().contains("100000 operations with")
                    && refused.err().contains("--in-parts"), refused::toString);
            assertTrue(Processes.run(server, "map show name more").err().contains("ENOENT"));

            String applied = Processes.done(server, "apply --in-parts -f " + more);
            assertTrue(applied.contains("map default/more created (%d set)".formatted(MOST + 1))
                    && applied.contains("2 transactions"), applied);
            assertTrue(Processes.done(server, "apply -f " + more).contains("more unchanged"));
        }
    }
}
