package dev.nestmap.server.storage;

import dev.nestmap.server.storage.MemberIdentity.Stage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A member's data directory, locked for this process. {@code member.properties} says whose it is and what must be in it, so that a
 * disk that came back empty is noticed instead of being taken for a new member, which could vote a second time.
 */
public final class DataDirectory implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String IDENTITY = "member.properties";
    /** Ratis' file of the term and the vote: the last that it makes of a new group. */
    private static final String VOTES = "raft-meta";
    private static final Set<String> NOT_OURS_BUT_HARMLESS = Set.of(LOCK, "lost+found",
            IDENTITY + ".tmp");

    private final Path directory;
    private final FileChannel lock;
    /** Guarded by this. */
    private MemberIdentity identity;

    private DataDirectory(Path directory, FileChannel lock, MemberIdentity identity) {
        this.directory = directory;
        this.lock = lock;
        this.identity = identity;
    }

    /**
     * Locks the directory and checks that it is the member's; makes it, for its owner alone, where it is absent or empty.
     *
     * @param members the members that found the cluster, in one line, in a fixed order
     * @param clusterId null where any will do: a new directory gets a random one
     * @throws IOException where it is in use, another's, of a newer format, or lacks what must be there
     */
    public static DataDirectory open(Path directory, String memberId, String members,
            @Nullable UUID clusterId) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, PosixFilePermissions
                    .asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        FileChannel lock = lock(directory);
        try {
            MemberIdentity identity = identify(directory, memberId, members, clusterId);
            DataDirectory opened = new DataDirectory(directory, lock, identity);
            opened.checkComplete();
            opened.removeHalfMade();
            return opened;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The cluster whose data it holds. */
    public synchronized UUID clusterId() {
        return identity.clusterId();
    }

    /** Where Ratis keeps its groups. */
    public Path raftDirectory() {
        return directory.resolve("raft");
    }

    /** Where the log files of the cluster's group are. */
    public Path logDirectory() {
        return groupDirectory().resolve("current");
    }

    /** True where Raft was started here before. */
    public boolean wasStarted() {
        return Files.exists(logDirectory().resolve(VOTES));
    }

    /** To be called when the Raft directory is made: it must be there from now on. */
    public void markFormatted() throws IOException {
        advance(Stage.FORMATTED);
    }

    /** To be called when something was applied: a log or a snapshot must be there from now on. */
    public void markLogged() throws IOException {
        advance(Stage.LOGGED);
    }

    /** Unlocks. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private synchronized void advance(Stage stage) throws IOException {
        if (identity.stage().compareTo(stage) < 0) {
            MemberIdentity advanced = identity.with(stage);
            advanced.write(directory.resolve(IDENTITY));
            identity = advanced;
        }
    }

    private synchronized Path groupDirectory() {
        return raftDirectory().resolve(identity.clusterId().toString());
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve(LOCK);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new IOException(
                        "%s: the data directory is in use by process %s; stop that first, or give another directory"
                                .formatted(directory, Files.readString(file).strip()));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n")
                    .getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static MemberIdentity identify(Path directory, String memberId, String members,
            @Nullable UUID clusterId) throws IOException {
        Path file = directory.resolve(IDENTITY);
        if (!Files.exists(file)) {
            checkEmpty(directory);
            MemberIdentity founded = new MemberIdentity(
                    clusterId == null ? UUID.randomUUID() : clusterId, memberId, members,
                    Stage.NEW);
            founded.write(file);
            return founded;
        }
        MemberIdentity found = MemberIdentity.read(file);
        checkSame(directory, "is of member", found.memberId(), "this is", memberId);
        checkSame(directory, "was founded by the members", found.members(), "asked for are",
                members);
        if (clusterId != null) {
            checkSame(directory, "is of cluster", found.clusterId().toString(), "asked for is",
                    clusterId.toString());
        }
        return found;
    }

    private static void checkSame(Path directory, String what, String found, String but,
            String expected) throws IOException {
        if (!found.equals(expected)) {
            throw new IOException(
                    "%s: the data directory %s \"%s\", %s \"%s\"; give the directory that belongs to it, or an empty one"
                            .formatted(directory, what, found, but, expected));
        }
    }

    private static void checkEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !NOT_OURS_BUT_HARMLESS.contains(name))
                    .sorted()
                    .toList();
            if (!names.isEmpty()) {
                throw new IOException(
                        "%s: holds %s but no %s, so it is no data directory, or an incomplete copy of one; give an empty directory, or restore that file too"
                                .formatted(directory, names, IDENTITY));
            }
        }
    }

    private void checkComplete() throws IOException {
        Stage stage = identity.stage();
        if (stage == Stage.NEW) {
            return;
        }
        if (!Files.exists(logDirectory().resolve(VOTES))) {
            throw new DamagedFileException(logDirectory(),
                    "the Raft log and the member's votes are missing");
        }
        if (stage == Stage.LOGGED && !holds(logDirectory(), "log_")
                && !holds(groupDirectory().resolve("sm"), "snapshot.")) {
            throw new DamagedFileException(logDirectory(),
                    "there is neither a log file nor a snapshot, but there was one");
        }
    }

    /** What a first start left that ended before Ratis had made its files; Ratis would refuse it. */
    private void removeHalfMade() throws IOException {
        Path group = groupDirectory();
        if (wasStarted() || !Files.isDirectory(group)) {
            return;
        }
        try (Stream<Path> files = Files.walk(group)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean holds(Path directory, String prefix) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files
                    .anyMatch(file -> String.valueOf(file.getFileName()).startsWith(prefix));
        }
    }
}
