package dev.nestmap.cli.daemon;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Starts members of the store. */
public final class Stores {
    /** The member of a store that has no other. */
    static final String ONLY_MEMBER = "n1";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Stores() {}

    /**
     * Starts a member and returns when it listens, perhaps before there is a leader. When it can go on no more, the
     * process ends at once.
     */
    static NestmapServer start(ServerConfig config) throws CommandFailedException {
        try {
            return NestmapServer.start(config, (message, cause) -> Runtime.getRuntime()
                    .halt(ExitCode.FAILED));
        } catch (IllegalArgumentException e) {
            throw CommandFailedException.usage(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw CommandFailedException.failed(e.getMessage() == null
                    ? e.toString()
                    : e.getMessage());
        }
    }

    /** Starts the only member of a store and returns when it serves. */
    public static NestmapServer startOnly(Path dataDirectory, String listen)
            throws CommandFailedException, InterruptedException {
        NestmapServer server = start(
                new ServerConfig(ONLY_MEMBER, dataDirectory, listen, "", List.of()));
        boolean serving = false;
        try {
            server.awaitLeader(PATIENCE);
            serving = true;
            return server;
        } catch (TimeoutException e) {
            throw CommandFailedException.failed(
                    "start the store in %s: %s".formatted(dataDirectory, e.getMessage()));
        } finally {
            if (!serving) {
                server.close();
            }
        }
    }
}
