package dev.nestmap.benchmarks.publish;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The C program of this benchmark, compiled here and now, as a process that answers commands with times. */
final class CProgram implements AutoCloseable {
    private static final List<String> COMPILERS = List.of("gcc", "clang", "cc");

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    private CProgram(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.US_ASCII);
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** Compiles it; the path of the executable. */
    static Path compile(Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve("publish.c");
        try (InputStream text = CProgram.class.getResourceAsStream("publish.c")) {
            if (text == null) {
                throw new IOException("publish.c is not beside " + CProgram.class);
            }
            Files.copy(text, source);
        }
        Path program = directory.resolve("publish");
        for (String compiler : COMPILERS) {
            try {
                int end = new ProcessBuilder(compiler, "-O2", "-Wall", "-o", program.toString(),
                        source.toString(), "-lbpf").inheritIO().start().waitFor();
                if (end == 0) {
                    return program;
                }
            } catch (IOException _) {
                // Not installed.
            }
        }
        throw new IOException("no C program: on Debian, apt-get install gcc libbpf-dev");
    }

    static CProgram start(Path program, Object... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        return new CProgram(new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Has it do one thing; how long that took. */
    Time time(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the C program ended at \"" + command + '"');
        }
        String[] numbers = answer.split(" ", 2);
        return new Time(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            int _ = process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
