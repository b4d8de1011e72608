package dev.nestmap.agent.events;

import dev.nestmap.agent.kernel.HostWatch;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears, by inotify(7), that one of some paths came, went or is another file, bpffs and cgroup file systems included. Of each
 * path the nearest directory above that is there is watched, so that a whole branch may come and go. It is a help and no promise:
 * a path behind a mount, or more directories than are watched, are not heard of, and whoever needs to know asks now and then.
 * Any number of threads may call.
 */
public final class PathEvents implements HostWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PathEvents.class);
    private static final int MOST_DIRECTORIES = 1024;
    /** Others may come and go in these directories without end: they are looked at no more often than this. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final WatchService service;
    private final Runnable changed;
    private final Object lock = new Object();
    /** Guarded by the lock. */
    private Set<Path> paths = Set.of();
    /** Guarded by the lock. */
    private final Map<Path, WatchKey> directories = new HashMap<>();

    private PathEvents(WatchService service, Runnable changed) {
        this.service = service;
        this.changed = changed;
    }

    /**
     * Listens to no path yet.
     *
     * @param changed called in a thread of its own, once for several changes
     * @throws IOException where this host has no more room for listeners
     */
    public static PathEvents open(Path anyPath, Runnable changed) throws IOException {
        PathEvents events = new PathEvents(anyPath.getFileSystem().newWatchService(), changed);
        Thread.ofPlatform()
                .name("nestmap-paths")
                .daemon()
                .uncaughtExceptionHandler(
                        (_, failure) -> LOG.error("changes of paths are no longer heard of",
                                failure))
                .start(events::run);
        return events;
    }

    /**
     * Listens to these from now on, in place of those before.
     *
     * @return false where they are the same as before; otherwise what changed before this returned was perhaps not told
     */
    public boolean watch(Set<Path> newPaths) {
        synchronized (lock) {
            if (newPaths.equals(paths)) {
                return false;
            }
            paths = Set.copyOf(newPaths);
            register();
            return true;
        }
    }

    /** With the lock held. */
    private void register() {
        Set<Path> wanted = new HashSet<>();
        for (Path path : paths) {
            Path directory = directoryAbove(path);
            if (directory != null && wanted.size() < MOST_DIRECTORIES) {
                wanted.add(directory);
            }
        }
        directories.entrySet().removeIf(entry -> {
            boolean over = !wanted.contains(entry.getKey()) || !entry.getValue().isValid();
            if (over) {
                entry.getValue().cancel();
            }
            return over;
        });
        for (Path directory : wanted) {
            if (!directories.containsKey(directory)) {
                try {
                    directories.put(directory, directory.register(service,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_DELETE));
                } catch (IOException e) {
                    LOG.debug("{} cannot be listened to", directory, e);
                }
            }
        }
    }

    private static @Nullable Path directoryAbove(Path path) {
        Path directory = path.getParent();
        while (directory != null && !Files.isDirectory(directory)) {
            directory = directory.getParent();
        }
        return directory;
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = service.take();
                boolean concerned = false;
                while (key != null) {
                    concerned |= !key.pollEvents().isEmpty();
                    // A directory that is gone is told by a key that is no longer valid.
                    concerned |= !key.reset();
                    key = service.poll();
                }
                if (concerned) {
                    synchronized (lock) {
                        register();
                    }
                    changed.run();
                    Thread.sleep(PAUSE);
                }
            }
        } catch (ClosedWatchServiceException closed) {
            LOG.debug("paths are no longer listened to", closed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOG.debug("closing a watch of paths", e);
        }
    }
}
