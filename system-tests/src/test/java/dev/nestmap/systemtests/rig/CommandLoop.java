package dev.nestmap.systemtests.rig;

import dev.nestmap.cli.Nestmap;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program behind {@link Shell}: runs the command lines that it reads, one a line with single spaces
 * between the words, and answers each with its exit status and what it printed, in base64.
 */
final class CommandLoop {
    private CommandLoop() {}

    /** Argument: the address of the store. */
    public static void main(String[] arguments) throws IOException {
        // As short verbs have it: what libraries log is no part of an answer.
        System.setProperty("nestmap.log", "OFF");
        Logger.getLogger("").setLevel(Level.OFF);
        BufferedReader input = new BufferedReader(
                new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            List<String> words = new ArrayList<>(List.of("--server", arguments[0]));
            words.addAll(List.of(line.split(" ", -1)));
            System.out.println(run(words));
        }
    }

    private static String run(List<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new Nestmap(Map.of(), stream(out), stream(err)).run(words);
        return status + "\t" + encoded(out) + "\t" + encoded(err);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, false, StandardCharsets.UTF_8);
    }

    private static String encoded(ByteArrayOutputStream bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
