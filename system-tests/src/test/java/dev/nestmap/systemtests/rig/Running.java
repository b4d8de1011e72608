package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A program that was started and not waited for. Its standard input is open until {@link
 * #closeInput()} or the end of this process, so that a program that reads it knows when to go.
 */
public final class Running implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Command command;
    private final Process process;
    private final Path out;
    private final Path err;

    Running(Command command, Process process, Path out, Path err) {
        this.command = command;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** The process itself. */
    public Process process() {
        return process;
    }

    /** What it has printed on standard output so far. */
    public String out() {
        return read(out);
    }

    /** What it has printed on standard error so far. */
    public String err() {
        return read(err);
    }

    /**
     * Returns once standard output contains a text.
     *
     * @throws AssertionError at the deadline, or when the program ends without it
     */
    public void awaitOutput(String text, Duration limit) {
        Await.until(limit, () -> out().contains(text) || !process.isAlive(),
                () -> command + " did not print \"" + text + "\" but\n" + out() + err());
        if (!out().contains(text)) {
            throw new AssertionError(
                    command + " ended with " + process.exitValue() + " before \"" + text + "\":\n"
                            + out() + err());
        }
    }

    /** Ends its standard input. */
    public void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(command + ": close its input", e);
        }
    }

    /**
     * Waits for the end and returns the exit status.
     *
     * @throws AssertionError at the deadline
     */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        command + ": still running after " + limit + "\n" + out() + err());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(command + ": interrupted", e);
        }
    }

    /** SIGKILL, to it and to what it started; returns when it is gone. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        awaitExit(PATIENCE);
    }

    /** SIGTERM, then SIGKILL if that was not enough; what it printed is gone afterwards. */
    @Override
    public void close() {
        try {
            process.destroy();
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            delete(out);
            delete(err);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("delete " + file, e);
        }
    }
}
