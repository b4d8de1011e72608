package dev.nestmap.benchmarks.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for pins in the bpffs of this host, gone with all that is in it when it is closed. */
final class PinFolder implements AutoCloseable {
    private static final Path BPFFS = Path.of("/sys/fs/bpf");

    private final Path path;

    PinFolder(String name) throws IOException {
        path = Files.createDirectory(BPFFS
                .resolve("nestmap-benchmark-%d-%s".formatted(ProcessHandle.current().pid(), name)));
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(path)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }
}
