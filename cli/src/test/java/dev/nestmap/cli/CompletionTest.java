package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts in the shells that they are for, run without a terminal. */
class CompletionTest {
    private static final Map<String, String> DRIVERS = Map.of("bash", """
            source "$SCRIPT"
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nestmap
            printf '%s\\n' "${COMPREPLY[@]}"
            """, "zsh", """
            source "$SCRIPT"
            emulate sh; setopt kshglob braceexpand ksharrays
            typeset -a COMP_WORDS; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nestmap
            printf '%s\\n' "${COMPREPLY[@]}"
            """);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void verbsOptionsAndWordsAreCompleted(String shell) throws Exception {
        assertEquals(List.of("map"), complete(shell, "ma"));
        assertEquals(List.of("lookup"), complete(shell, "map", "lo"));
        assertEquals(List.of("lookup"),
                complete(shell, "--server", "a:1", "-j", "map", "-n", "lb", "lo"));
        assertTrue(complete(shell, "").containsAll(
                List.of("map", "node", "apply", "diff", "get", "batch", "help")), shell);
        assertEquals(List.of("array", "array_of_maps", "arena"),
                complete(shell, "map", "create", "type", "ar"));
        assertEquals(List.of("--dry-run"), complete(shell, "apply", "--dr"));
        assertEquals(List.of("--namespace"), complete(shell, "apply", "--name"));
        assertEquals(List.of("any"), complete(shell, "map", "update", "name", "x", "key", "1",
                "value", "1", "an"));
        assertEquals(List.of("name", "id", "pinned"), complete(shell, "map", "show", ""));
        assertEquals(List.of("yaml"), complete(shell, "get", "maps", "-o", "y"));
        assertEquals(List.of("enqueue"),
                complete(shell, "map", "enq"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void namesOfMapsAreAskedOfTheStore(String shell) throws Exception {
        Path nestmap = Files.writeString(folder.resolve("nestmap"), """
                #!/bin/sh
                [ "$*" = "--server a:1 -n lb --timeout 2s get maps" ] || exit 1
                echo 'NAMESPACE  NAME    TYPE'
                echo 'lb         routes  array_of_maps'
                echo 'lb         rules   hash'
                """);
        assertTrue(nestmap.toFile().setExecutable(true), "executable");
        assertEquals(List.of("routes", "rules"), run(shell, nestmap.toString(), "--server", "a:1",
                "-n", "lb", "map", "dump", "name", "r"));
        assertEquals(List.of("rules"), run(shell, nestmap.toString(), "--server", "a:1", "-n",
                "lb", "map", "dump", "name", "ru"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void namesAreAskedOfTheStoreBehindOtherVerbsToo(String shell) throws Exception {
        Path nestmap = Files.writeString(folder.resolve("nestmap"), """
                #!/bin/sh
                case $* in
                    *"get maps") echo 'NAMESPACE  NAME'; echo 'default    routes' ;;
                    *"get nodes") echo 'NODE  AGENT'; echo 'lb-1  connected'; echo 'lb-2  gone' ;;
                esac
                """);
        assertTrue(nestmap.toFile().setExecutable(true), "executable");
        String self = nestmap.toString();
        assertEquals(List.of("routes"), run(shell, self, "get", "map", "r"));
        assertEquals(List.of("routes"), run(shell, self, "export", "blue", "r"));
        assertEquals(List.of("lb-1", "lb-2"), run(shell, self, "node", "show", "l"));
        assertEquals(List.of("lb-2"), run(shell, self, "node", "label", "lb-2"));
        assertEquals(List.of("applied"),
                run(shell, self, "map", "wait", "name", "x", "--for", "a"));
        assertEquals(List.of("applied"),
                run(shell, self, "map", "wait", "name", "x", "--for", "=", "a"));
    }

    @Test
    void filesAreCompletedBehindMinusF() throws Exception {
        Files.writeString(folder.resolve("maps.yaml"), "");
        assertEquals(List.of(folder + "/maps.yaml"),
                complete("bash", "apply", "-f", folder + "/ma"));
    }

    @Test
    void anotherShellIsRefused() {
        assertEquals(2, Shell.run(List.of("completion", "fish"), Map.of()).exitCode());
    }

    private List<String> complete(String shell, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("nestmap"));
        line.addAll(List.of(words));
        return run(shell, line.toArray(String[]::new));
    }

    private List<String> run(String shell, String... line)
            throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("script." + shell),
                Shell.run(List.of("completion", shell), Map.of()).out());
        List<String> command = new ArrayList<>(List.of(shell,
                shell.equals("bash") ? "--norc" : "-f", "-c", DRIVERS.get(shell), shell));
        command.addAll(List.of(line));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SCRIPT", script.toString());
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "ended");
        return out.lines().filter(text -> !text.isEmpty()).toList();
    }
}
