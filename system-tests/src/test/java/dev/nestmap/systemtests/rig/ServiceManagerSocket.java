package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Stands in for a service manager: hears what a process says of itself through NOTIFY_SOCKET. */
public final class ServiceManagerSocket implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    // Java has no datagrams for unix sockets; perl is part of every Debian.
    private static final String LISTEN = """
            use Socket; $| = 1;
            socket(S, PF_UNIX, SOCK_DGRAM, 0) && bind(S, sockaddr_un($ARGV[0])) or die $!;
            print "listening\\n";
            while (defined recv(S, $m, 4096, 0)) { $m =~ s/\\n/;/g; print "heard $m\\n" }
            """;

    private final Path directory;
    private final Path path;
    private final Running listener;

    /** Listens; the path is short, for a socket's has at most 107 bytes. */
    public ServiceManagerSocket() {
        try {
            directory = Files.createTempDirectory("nestmap");
        } catch (IOException e) {
            throw new UncheckedIOException("create a directory for a socket", e);
        }
        path = directory.resolve("notify");
        listener = Command.of("perl", "-e", LISTEN, path.toString()).start();
        listener.awaitOutput("listening", PATIENCE);
    }

    /** The command with the address of this in its environment. */
    public Command heard(Command command) {
        return Command.of("env", "NOTIFY_SOCKET=" + path).and(command.words());
    }

    /** Returns once a text was heard. */
    public void await(String text, Duration limit) {
        listener.awaitOutput(text, limit);
    }

    /** All that was heard so far, a line for each datagram. */
    public String all() {
        return listener.out();
    }

    @Override
    public void close() {
        listener.close();
        try {
            Files.deleteIfExists(path);
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + path, e);
        }
    }
}
