package dev.nestmap.cli.demo;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.PinRootLock;
import dev.nestmap.cli.verb.CommandFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The places that one run of the demo writes to: a pin root and a data directory of its own, both gone when it is
 * closed, which is after the agent and the store.
 */
final class DemoSpace implements AutoCloseable {
    private static final String PREFIX = "nestmap-demo-";

    private final Kernel kernel;
    private final Path pinRoot;
    private final Path dataDirectory;

    private DemoSpace(Kernel kernel, Path pinRoot, Path dataDirectory) {
        this.kernel = kernel;
        this.pinRoot = pinRoot;
        this.dataDirectory = dataDirectory;
    }

    /** A pin root that no other process uses. */
    static Path pinRoot(Path parent) {
        return parent.resolve(PREFIX + ProcessHandle.current().pid());
    }

    /** Makes room, and removes what demos left that were killed. */
    static DemoSpace take(Kernel kernel, Path pinRoot)
            throws CommandFailedException, KernelException {
        sweep(kernel, pinRoot);
        try {
            return new DemoSpace(kernel, pinRoot, Files.createTempDirectory(PREFIX));
        } catch (IOException e) {
            throw CommandFailedException.failed("make a temporary directory: " + e);
        }
    }

    /** Where the store's data is. */
    Path dataDirectory() {
        return dataDirectory;
    }

    /** The pin roots of demos that are no more are those that can be locked. */
    private static void sweep(Kernel kernel, Path pinRoot) throws KernelException {
        Path parent = pinRoot.resolveSibling("");
        for (String name : kernel.directories(parent)) {
            if (name.startsWith(PREFIX)) {
                Path abandoned = parent.resolve(name);
                try (PinRootLock _ = kernel.lock(abandoned)) {
                    removePins(kernel, abandoned);
                } catch (KernelException e) {
                    // Its demo is running, or removed it a moment ago.
                }
            }
        }
    }

    private static void removePins(Kernel kernel, Path directory) throws KernelException {
        for (String pin : kernel.pins(directory)) {
            kernel.unpin(directory.resolve(pin));
        }
        for (String child : kernel.directories(directory)) {
            removePins(kernel, directory.resolve(child));
        }
        kernel.removeDirectory(directory);
    }

    @Override
    public void close() throws KernelException, CommandFailedException {
        // The demo may have been interrupted; removing must not be.
        Thread.interrupted();
        removeFiles();
        List<String> siblings = kernel.directories(pinRoot.resolveSibling(""));
        if (siblings.contains(String.valueOf(pinRoot.getFileName()))) {
            removePins(kernel, pinRoot);
        }
    }

    private void removeFiles() throws CommandFailedException {
        try (Stream<Path> files = Files.walk(dataDirectory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            throw CommandFailedException.failed("remove %s: %s".formatted(dataDirectory, e));
        }
    }
}
