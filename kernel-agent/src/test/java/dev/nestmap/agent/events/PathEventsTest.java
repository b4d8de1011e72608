package dev.nestmap.agent.events;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.map.MapType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the file systems that matter: not every one tells inotify what changes in it. */
final class PathEventsTest {
    private static final long PATIENCE_SECONDS = 20;

    @TempDir
    Path folder;

    private final Semaphore changes = new Semaphore(0);

    private PathEvents events(Path... paths) throws Exception {
        PathEvents events = PathEvents.open(folder, changes::release);
        assertTrue(events.watch(Set.of(paths)));
        assertFalse(events.watch(Set.of(paths)));
        return events;
    }

    private void awaitChange(String of) throws InterruptedException {
        assertTrue(changes.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), of + " is not heard of");
        changes.drainPermits();
    }

    @Test
    void pinsOfABpffsThatComeGoAndAreReplacedAreHeardOf() throws Exception {
        KernelUnderTest host = new KernelUnderTest(Side.LIBBPF);
        Path pin = host.root().resolve("p");
        Path next = host.root().resolve("p_next");
        try (PathEvents _ = events(pin)) {
            KernelMap map = host.create(MapType.ARRAY, 1);
            map.pin(pin);
            awaitChange("a new pin");
            map.pin(next);
            awaitChange("another pin beside it");
            host.kernel().renamePin(next, pin);
            awaitChange("a pin in its place");
            host.kernel().unpin(pin);
            awaitChange("a pin that is gone");
        } finally {
            host.close();
        }
    }

    @Test
    void cgroupsThatComeAndGoAreHeardOf() throws Exception {
        Path parent = Files.createTempDirectory(cgroups(), "nestmap-test");
        Path cgroup = parent.resolve("x");
        try (PathEvents _ = events(cgroup)) {
            Files.createDirectory(cgroup);
            awaitChange("a new cgroup");
            Files.delete(cgroup);
            awaitChange("a cgroup that is gone");
        } finally {
            Files.deleteIfExists(cgroup);
            Files.delete(parent);
        }
    }

    @Test
    void aWholeBranchMayComeAndGoAndComeAgain() throws Exception {
        Path deep = folder.resolve("a/b/c");
        try (PathEvents _ = events(deep)) {
            for (int round = 0; round < 3; round++) {
                Files.createDirectory(folder.resolve("a"));
                awaitChange("the first folder");
                Files.createDirectory(folder.resolve("a/b"));
                awaitChange("the second folder");
                Files.createFile(deep);
                awaitChange("the file");
                Files.delete(deep);
                awaitChange("its end");
                Files.delete(folder.resolve("a/b"));
                awaitChange("the end of the second folder");
                Files.delete(folder.resolve("a"));
                awaitChange("the end of the first folder");
            }
        }
    }

    static Path cgroups() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/mounts"))
                .stream()
                .map(line -> line.split(" "))
                .filter(mount -> mount[2].equals("cgroup2"))
                .map(mount -> Path.of(mount[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("mount a cgroup2 file system"));
    }
}
