package dev.nestmap.cli;

import dev.nestmap.cli.render.Terminal;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Where the {@code nestmap} command begins. */
public final class Main {
    private static final int OUTPUT_BUFFER_BYTES = 1 << 16;

    private Main() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        Map<String, String> environment = System.getenv();
        Logging.choose(words, environment);
        PrintStream out = stream(FileDescriptor.out, OUTPUT_BUFFER_BYTES);
        PrintStream err = stream(FileDescriptor.err, 1 << 10);
        int exitCode = new Nestmap(environment, System.in, out, err,
                Terminal.ofProcess(environment)).run(words);
        // What was started for the run may have left threads; no one waits for them.
        Runtime.getRuntime().exit(exitCode);
    }

    private static PrintStream stream(FileDescriptor descriptor, int bufferBytes) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), bufferBytes), false,
                StandardCharsets.UTF_8);
    }
}
