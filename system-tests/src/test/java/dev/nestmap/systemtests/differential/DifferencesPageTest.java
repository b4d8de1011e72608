package dev.nestmap.systemtests.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.differential.IntendedDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/DIFFERENCES.md and the list that the comparison asks say the same. */
class DifferencesPageTest {
    private static final Path REPOSITORY = Path.of("..");

    private record Row(String reason, String test) {}

    @Test
    void thePageHasEveryIntendedDifferenceWithItsReasonAndItsTestAndNoOther() throws Exception {
        Map<String, Row> page = new TreeMap<>();
        for (String line : Files.readAllLines(REPOSITORY.resolve("docs/DIFFERENCES.md"))) {
            List<String> cells = Stream.of(line.split("\\|")).map(String::strip).toList();
            if (cells.size() == 7 && cells.get(1).startsWith("`")) {
                page.put(bare(cells.get(1)), new Row(cells.get(5), bare(cells.get(6))));
            }
        }
        Map<String, Row> code = new TreeMap<>();
        for (IntendedDifference difference : IntendedDifference.values()) {
            code.put(difference.id(), new Row(difference.reason(), difference.test()));
        }
        assertEquals(code, page);
    }

    @Test
    void everyTestThatIsNamedIsThere() throws Exception {
        List<String> files = testFiles();
        for (IntendedDifference difference : IntendedDifference.values()) {
            assertTrue(files.contains(difference.test() + ".java"), difference.id());
        }
    }

    private static List<String> testFiles() throws IOException {
        try (Stream<Path> files = Files.walk(REPOSITORY)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith("Test.java"))
                    .toList();
        }
    }

    private static String bare(String cell) {
        return cell.replace("`", "");
    }
}
