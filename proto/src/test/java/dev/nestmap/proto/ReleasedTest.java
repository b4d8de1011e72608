package dev.nestmap.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The rule of compatibility: what is in released.txt stays, with its number, name, cardinality and type, or is reserved by number
 * and by name. What is new is added to the file by the command of {@link Protos}, which refuses where anything else has changed.
 */
class ReleasedTest {
    private static final Path RELEASED = Path.of("src/test/resources/released.txt");

    private final Contract contract = Contract.of(Protos.ALL);

    @Test
    void everyFileIsLookedAt() throws IOException {
        assertEquals(Protos.files(),
                Protos.ALL.stream().map(file -> file.getName()).sorted().toList(),
                "add the new file to Protos");
    }

    @Test
    void nothingThatWasReleasedHasChanged() throws IOException {
        TreeSet<String> released = new TreeSet<>(Files.readAllLines(RELEASED));
        assertEquals(List.of(), contract.breaks(released),
                "programs of earlier versions would misread this; take the change back, or reserve number and name of what must go");
        if (Protos.isRefresh()) {
            Files.write(RELEASED, contract.lines());
            return;
        }
        assertEquals(List.of(), contract.additions(released),
                "new and not protected yet; look at the names, they stay, and run: "
                        + Protos.REFRESH_COMMAND);
    }
}
