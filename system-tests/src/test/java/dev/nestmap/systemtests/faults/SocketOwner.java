package dev.nestmap.systemtests.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which process has a port of loopback open, as proc(5) tells. */
final class SocketOwner {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"),
            Path.of("/proc/net/tcp6"));

    private SocketOwner() {}

    /** Whether the end at this port, of a connection to the other port, is a socket of the process. */
    static boolean owns(long pid, int port, int remotePort) {
        return inode(port, remotePort).map(inode -> has(pid, "socket:[" + inode + "]"))
                .orElse(false);
    }

    /** Connections to different ports may have the same port on this side. */
    private static Optional<String> inode(int port, int remotePort) {
        String local = ":%04X".formatted(port);
        String remote = ":%04X".formatted(remotePort);
        for (Path table : TABLES) {
            try {
                for (String line : Files.readAllLines(table)) {
                    String[] fields = line.strip().split("\\s+", -1);
                    if (fields.length > 9 && fields[1].endsWith(local)
                            && fields[2].endsWith(remote)) {
                        return Optional.of(fields[9]);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("read " + table, e);
            }
        }
        return Optional.empty();
    }

    private static boolean has(long pid, String socket) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.anyMatch(file -> link(file).equals(socket));
        } catch (IOException e) {
            return false;
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
