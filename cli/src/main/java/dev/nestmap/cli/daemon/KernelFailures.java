package dev.nestmap.cli.daemon;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.cli.verb.CommandFailedException;

/** What a kernel refused, as an answer of the command line. */
public final class KernelFailures {
    private KernelFailures() {}

    /** The exception's own words, which name the operation, the errno and the way out. */
    public static CommandFailedException of(String doing, KernelException e) {
        String message = "cannot %s: %s".formatted(doing, e.getMessage());
        return e.errno()
                .map(errno -> CommandFailedException.refused(message, errno))
                .orElseGet(() -> CommandFailedException.failed(message));
    }
}
