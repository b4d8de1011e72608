package dev.nestmap.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/API.md says what the protos say. */
class ApiPageTest {
    private static final Path PAGE = Path.of("../docs/API.md");

    @Test
    void everythingInTheProtosHasAComment() throws IOException {
        assertEquals(List.of(), ApiPage.render(Protos.ALL).withoutComment());
    }

    @Test
    void thePageIsMadeFromTheProtosAsTheyAre() throws IOException {
        String text = ApiPage.render(Protos.API).text();
        if (Protos.isRefresh()) {
            Files.writeString(PAGE, text);
            return;
        }
        assertEquals(text, Files.readString(PAGE), "the page is stale; run: "
                + Protos.REFRESH_COMMAND);
    }
}
