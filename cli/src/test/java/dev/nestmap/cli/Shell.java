package dev.nestmap.cli;

import dev.nestmap.cli.render.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs command lines as a shell would, against a server. */
record Shell(String server) {
    /** What a command line left behind. */
    record Ran(int exitCode, String out, String err) {}

    /** Words separated by single spaces. */
    Ran run(String line) {
        List<String> words = new ArrayList<>(List.of("--server", server));
        words.addAll(List.of(line.split(" ")));
        return run(words, Map.of());
    }

    /** With standard input. */
    Ran feed(String input, String line) {
        List<String> words = new ArrayList<>(List.of("--server", server));
        words.addAll(List.of(line.split(" ")));
        return run(words, Map.of(), input);
    }

    static Ran run(List<String> words, Map<String, String> environment) {
        return run(words, environment, "");
    }

    private static Ran run(List<String> words, Map<String, String> environment, String input) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = new Nestmap(environment,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8), Terminal.NONE).run(words);
        return new Ran(exitCode, out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }
}
