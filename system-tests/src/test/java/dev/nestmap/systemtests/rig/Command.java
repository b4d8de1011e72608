package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program and its arguments, and how long it may take. */
public record Command(List<String> words, Duration limit) {
    private static final Path OUTPUTS = Path.of("target/outputs");
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);

    /** How a program ended: its exit status and all that it printed. */
    public record Result(int status, String out, String err) {}

    /** Keeps its own copy of the words. */
    public Command {
        words = List.copyOf(words);
    }

    /** A command that may take 30 seconds. */
    public static Command of(String... words) {
        return new Command(List.of(words), DEFAULT_LIMIT);
    }

    /** The same command with another deadline. */
    public Command within(Duration newLimit) {
        return new Command(words, newLimit);
    }

    /** The same command with further arguments behind the ones it has. */
    public Command and(List<String> more) {
        return new Command(Stream.concat(words.stream(), more.stream()).toList(), limit);
    }

    /** {@link #and(List)} with the arguments one by one. */
    public Command and(String... more) {
        return and(List.of(more));
    }

    /**
     * Runs to the end and returns what was printed on standard output.
     *
     * @throws AssertionError if the exit status is not 0, with all that was printed
     */
    public String run() {
        Result result = attempt();
        if (result.status() != 0) {
            throw new AssertionError(
                    this + ": exit status " + result.status() + "\n" + result.out() + result.err());
        }
        return result.out();
    }

    /**
     * Runs to the end, whatever that is.
     *
     * @throws AssertionError at the deadline, after the program was killed
     */
    public Result attempt() {
        // Files and not pipes: nothing has to be read for the program to get on, and a program
        // that it leaves behind cannot hold us up by keeping the pipe open.
        try (Running running = start()) {
            if (!running.process().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                running.kill();
                throw new AssertionError(
                        this + ": not done within " + limit + "\n" + running.out() + running.err());
            }
            return new Result(running.process().exitValue(), running.out(), running.err());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(this + ": interrupted", e);
        }
    }

    /** Starts without waiting; the caller closes what is returned, which ends the program. */
    public Running start() {
        try {
            Files.createDirectories(OUTPUTS);
            Path out = Files.createTempFile(OUTPUTS, "out", ".txt");
            Path err = Files.createTempFile(OUTPUTS, "err", ".txt");
            ProcessBuilder builder = new ProcessBuilder(words);
            builder.redirectOutput(out.toFile()).redirectError(err.toFile());
            return new Running(this, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(this + ": could not be started", e);
        }
    }

    @Override
    public String toString() {
        return "`" + String.join(" ", words) + "`";
    }
}
