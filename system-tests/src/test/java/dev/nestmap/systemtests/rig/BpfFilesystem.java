package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A bpf filesystem of the test's own: every pin in it is gone when it is closed. It is a tree apart
 * from the one at {@code /sys/fs/bpf}, which tests leave alone.
 */
public final class BpfFilesystem implements AutoCloseable {
    private static final Path PARENT = Path.of(System.getProperty("java.io.tmpdir"));

    private final Path root;

    /** Mounts one, after clearing away what runs that were killed left behind. */
    public BpfFilesystem() {
        leftOver().forEach(BpfFilesystem::remove);
        root = PARENT.resolve(Ownership.freshName());
        try {
            Files.createDirectory(root);
        } catch (IOException e) {
            throw new UncheckedIOException("create " + root, e);
        }
        Command.of("mount", "-t", "bpf", "bpf", root.toString()).run();
    }

    /** Where it is mounted. */
    public Path root() {
        return root;
    }

    /** A folder in it, created if it is not there; names hold no dot. */
    public Path folder(String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("create folder " + name + " in " + root, e);
        }
    }

    /** Unmounts it under those who use it; what they hold lives on unseen. */
    public void unmount() {
        Command.of("umount", "--lazy", root.toString()).run();
    }

    /** Mounts another one in its place, with nothing in it. */
    public void mountAgain() {
        Command.of("mount", "-t", "bpf", "bpf", root.toString()).run();
    }

    @Override
    public void close() {
        remove(root);
    }

    private static List<Path> leftOver() {
        try (Stream<Path> files = Files.list(PARENT)) {
            return files.filter(file -> Ownership.isLeftOver(file.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("list " + PARENT, e);
        }
    }

    // Lazily, because a process that was killed a moment ago may still hold a file in it.
    private static void remove(Path root) {
        Command.of("umount", "--lazy", root.toString()).attempt();
        // An agent that was started while it was not mounted makes its directory all the same.
        Command.of("find", root.toString(), "-mindepth", "1", "-depth", "-type", "d", "-delete")
                .attempt();
        try {
            Files.deleteIfExists(root);
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + root, e);
        }
    }
}
