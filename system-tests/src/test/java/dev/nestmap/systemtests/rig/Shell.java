package dev.nestmap.systemtests.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@code nestmap} command lines one after the other in one process, which answers in milliseconds where a
 * process for each takes a second. For one thread.
 */
public final class Shell implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;
    private static final long PATIENCE_SECONDS = 5;

    private final Process process;
    private final Writer input;
    private final BufferedReader answers;

    private Shell(Process process) {
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    static Shell start(Command loop) {
        try {
            return new Shell(new ProcessBuilder(loop.words())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(loop + ": could not be started", e);
        }
    }

    /**
     * Runs a command, given as one line with single spaces between its words, and returns what it printed on
     * standard output.
     *
     * @throws AssertionError if the exit status is not 0, with all that was printed
     */
    public String run(String line) {
        Command.Result result = attempt(line);
        if (result.status() != 0) {
            throw new AssertionError("`nestmap " + line + "`: exit status " + result.status()
                    + "\n" + result.out() + result.err());
        }
        return result.out();
    }

    /** Runs a command to the end, whatever that is. */
    public Command.Result attempt(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("hand `" + line + "` to the shell", e);
        }
        @Nullable
        String answer = answer(line);
        if (answer == null) {
            throw new AssertionError("the shell ended during `" + line + "`");
        }
        String[] parts = answer.split("\t", -1);
        return new Command.Result(Integer.parseInt(parts[0]), decoded(parts[1]),
                decoded(parts[2]));
    }

    private @Nullable String answer(String line) {
        CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("shell-answer").start(() -> {
            try {
                answer.complete(answers.readLine());
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
            throw new AssertionError("no answer from the shell to `" + line + "`", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for `" + line + "`", e);
        }
    }

    /** Ends the process. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
