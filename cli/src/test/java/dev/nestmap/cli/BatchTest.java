package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import dev.nestmap.cli.render.Terminal;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms of the answers were captured from bpftool 7.1.0 with the same lines. */
class BatchTest {
    private static final String CREATE = "map create type hash key 4 value 4 entries 8 name h\n";

    private FakeStore store;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        store = FakeStore.start();
        shell = new Shell(store.address());
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void linesAreCutIntoWordsAsBpftoolDoes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("lines");
        Files.writeString(file, """
                # nothing but a comment

                map create type hash key 4 value 4 \\
                    entries 8 name 'h'   # a comment behind a command
                map update name "h" key 1 0 0 0\tvalue 1 2 3 4
                map lookup name h key 1 0 0 0""");
        assertEquals(new Ran(0, """
                id 1  revision 1
                revision 2
                key: 01 00 00 00  value: 01 02 03 04
                processed 3 commands
                """, ""), shell.run("batch file " + file));
    }

    @Test
    void aComplaintComesBehindTheAnswersBeforeIt() {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        PrintStream buffered = new PrintStream(new BufferedOutputStream(both), false,
                StandardCharsets.UTF_8);
        new Nestmap(Map.of(), new ByteArrayInputStream(
                (CREATE + "map dump name none\n").getBytes(StandardCharsets.UTF_8)), buffered,
                new PrintStream(both, true, StandardCharsets.UTF_8), Terminal.NONE)
                .run(List.of("--server", store.address(), "batch", "file", "-"));
        assertTrue(both.toString(StandardCharsets.UTF_8).startsWith("id 1  revision 1\nError: "),
                both.toString(StandardCharsets.UTF_8));
    }

    @Test
    void jsonHasEachCommandWithItsAnswer() {
        Ran ran = shell.feed(CREATE + "map help\nmap getnext name h\n", "-j batch file -");
        assertEquals(
                "[{\"command\":[\"map\",\"create\",\"type\",\"hash\",\"key\",\"4\",\"value\",\"4\",\"entries\",\"8\","
                        + "\"name\",\"h\"],\"output\":null},"
                        + "{\"command\":[\"map\",\"help\"],\"output\":null},"
                        + "{\"command\":[\"map\",\"getnext\",\"name\",\"h\"],"
                        + "\"output\":{\"error\":\"can't get next key: No such file or directory\"}}]\n",
                ran.out());
        assertEquals(254, ran.exitCode());
        assertTrue(ran.err().endsWith("batch: stopped at line 3 of -, after 2 commands\n"),
                ran.err());
    }

    @Test
    void prettyJsonIsIndentedAsBpftoolDoes() {
        assertEquals("""
                [{
                        "command": ["map","dump","name","h"
                        ],
                        "output": [{
                                "key": ["0x01","0x00","0x00","0x00"
                                ],
                                "value": ["0x01","0x02","0x03","0x04"
                                ]
                            }
                        ]
                    },{
                        "command": ["map","lookup","name","h","key","9","0","0","0"
                        ],
                        "output": null
                    }
                ]
                """,
                dumpAfter("map create type hash key 4 value 4 entries 8 name h",
                        "map update name h key 1 0 0 0 value 1 2 3 4"));
    }

    private String dumpAfter(String... lines) {
        for (String line : lines) {
            assertEquals(0, shell.run(line).exitCode());
        }
        Ran ran = shell.feed("map dump name h\nmap lookup name h key 9 0 0 0\nmap show\n",
                "-p batch file -");
        assertEquals(254, ran.exitCode());
        return ran.out();
    }

    @Test
    void anEmptyFileIsDone() {
        assertEquals(new Ran(0, "processed 0 commands\n", ""), shell.feed("", "batch file -"));
        assertEquals(new Ran(0, "[]\n", ""), shell.feed("\n# nothing\n", "-j batch file -"));
    }

    @Test
    void whatWasDoneBeforeAFailureStays() {
        Ran ran = shell.feed(CREATE + "\nmap update name h key 256 0 0 0 value 1 1 1 1\nmap show\n",
                "batch file -");
        assertEquals(255, ran.exitCode());
        assertEquals("id 1  revision 1\n", ran.out());
        assertTrue(ran.err().contains("\"256\" (word 4) is over 255"), ran.err());
        assertTrue(ran.err().endsWith("batch: stopped at line 3 of -, after 1 command\n"),
                ran.err());
        assertEquals(0, shell.run("map show name h").exitCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            map show -j          | batch: map show: options of every command stand before "batch file", not in its lines
            map show -n other    | batch: map show: options of every command stand before "batch file", not in its lines
            batch file x         | batch: batch cannot stand in a batch, only commands of map and node can
            dev                  | batch: dev cannot stand in a batch, only commands of map and node can
            frob                 | there is no command "nestmap frob" (see nestmap help)
            map show "name h     | batch: line 1: the quote " is not closed
            """, quoteCharacter = '`')
    void aLineThatMakesNoSenseEndsTheBatch(String line, String message) {
        Ran ran = shell.feed(line + "\n", "batch file -");
        assertEquals("Error: " + message, ran.err().lines().findFirst().orElse(""));
        assertEquals(255, ran.exitCode());
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertEquals(
                new Ran(255, "", "Error: batch: cannot read /nonexistent/x: no such file\n"),
                shell.run("batch file /nonexistent/x"));
        assertEquals(255, shell.run("batch").exitCode());
    }

    @Test
    void optionsBeforeItAreThoseOfItsLines() {
        assertEquals(0, shell.feed(CREATE, "-n lb batch file -").exitCode());
        assertEquals(0, shell.run("-n lb map show name h").exitCode());
        assertEquals(254, shell.run("map show name h").exitCode());
    }
}
