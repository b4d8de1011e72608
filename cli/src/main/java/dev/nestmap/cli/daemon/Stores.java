package dev.nestmap.cli.daemon;

import dev.nestmap.cli.command.CommandFailedException;

/** Starts members of the store. */
public final class Stores {
    private Stores() {}

    /** Starts a member and returns when it listens. */
    @SuppressWarnings("DoNotCallSuggester")
    public static Store start(StoreConfig config) throws CommandFailedException {
        throw CommandFailedException.failed("no server is built in yet: " + config);
    }
}
