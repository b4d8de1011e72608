package dev.nestmap.cli.verb;

import dev.nestmap.model.Errno;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A verb could not do its work. The message is a sentence: what was being done, what came back, the way out. */
public final class CommandFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;
    private final @Nullable Errno errno;

    private CommandFailedException(String message, int exitCode, @Nullable Errno errno) {
        super(message);
        this.exitCode = exitCode;
        this.errno = errno;
    }

    /** The command line is wrong. */
    public static CommandFailedException usage(String message) {
        return new CommandFailedException(message, ExitCode.USAGE, null);
    }

    /** Something on this machine or in the store did not work. */
    public static CommandFailedException failed(String message) {
        return new CommandFailedException(message, ExitCode.FAILED, null);
    }

    /** Something was refused with an errno. */
    public static CommandFailedException refused(String message, Errno errno) {
        return new CommandFailedException(message, ExitCode.of(errno), errno);
    }

    /** What the process ends with where this came of a verb, or of words that begin as its path does. */
    public int exitCode(String path) {
        return exitCode == ExitCode.USAGE ? ExitCode.usage(path) : exitCode;
    }

    /** The errno, where there is one. */
    public Optional<Errno> errno() {
        return Optional.ofNullable(errno);
    }
}
