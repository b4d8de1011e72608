package dev.nestmap.agent.checkpoint;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one checkpoint, locked for this agent. What others could have written is not believed: it would end in the
 * kernel.
 */
final class StateDirectory implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int NEW_LEVELS = 3;
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions
            .fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions
            .fromString("rwx------");
    private static final Path OWN_STATUS = Path.of("/proc/self/status");

    private final Path checkpoint;
    private final Path next;
    private final FileChannel lockFile;

    private StateDirectory(Path directory, FileChannel lockFile) {
        this.checkpoint = directory.resolve("checkpoint");
        this.next = directory.resolve("checkpoint.next");
        this.lockFile = lockFile;
    }

    /**
     * Takes the directory, and makes it where it is missing.
     *
     * @throws IOException where it is another's, in use, or cannot be made; the message says what to do
     */
    static StateDirectory take(Path directory) throws IOException {
        Files.createDirectories(directory,
                PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
        checkOurs(directory);
        FileChannel lockFile = FileChannel.open(directory.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(OWNER_FILE));
        boolean locked = false;
        try {
            FileLock lock = tryLock(lockFile);
            locked = lock != null;
        } finally {
            if (!locked) {
                lockFile.close();
            }
        }
        if (!locked) {
            throw new IOException(
                    "another agent uses it: give one of the two another --state-dir");
        }
        return new StateDirectory(directory, lockFile);
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /**
     * Reads the checkpoint; empty where there is none.
     *
     * @throws IOException where it cannot be read, or is not to be believed
     */
    Optional<CheckpointReader.Reading> read() throws IOException {
        Files.deleteIfExists(next);
        try (FileChannel channel = FileChannel.open(checkpoint, StandardOpenOption.READ,
                LinkOption.NOFOLLOW_LINKS)) {
            PosixFileAttributes attributes = checkOurs(checkpoint);
            if (!OWNER_FILE.containsAll(attributes.permissions())) {
                // It could be read, but not written.
                Files.getFileAttributeView(checkpoint, PosixFileAttributeView.class,
                        LinkOption.NOFOLLOW_LINKS).setPermissions(OWNER_FILE);
            }
            DataInputStream in = new DataInputStream(
                    new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
            return Optional.of(CheckpointReader.read(in, channel.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Goes on writing where a reading ended. */
    CheckpointWriter resume(CheckpointReader.Reading reading) throws IOException {
        return CheckpointWriter.resume(checkpoint, reading.goodBytes(), reading.checksum());
    }

    /** A file aside; the checkpoint stays until {@link #replace}. */
    CheckpointWriter create() throws IOException {
        Files.deleteIfExists(next);
        return CheckpointWriter.create(next);
    }

    /** Makes the file aside, which was forced, the checkpoint: in one step, and on the disk when this returns. */
    void replace() throws IOException {
        Files.move(next, checkpoint, StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        // Its own name, and those of the directories, which may be as new.
        Path named = checkpoint.toAbsolutePath();
        for (int level = 0; level < NEW_LEVELS && named.getParent() != null; level++) {
            named = named.getParent();
            try (FileChannel channel = FileChannel.open(named, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Gives the space of a file aside back. */
    void discard() throws IOException {
        Files.deleteIfExists(next);
    }

    /** What tells the file from another of the same name; null where there is none. */
    @Nullable
    Object identity() throws IOException {
        try {
            return Files.readAttributes(checkpoint, PosixFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Since the checkpoint was written; a clock that was set back makes it zero. */
    Duration age() throws IOException {
        Instant written = Files.getLastModifiedTime(checkpoint, LinkOption.NOFOLLOW_LINKS)
                .toInstant();
        Duration age = Duration.between(written, Instant.now());
        return age.isNegative() ? Duration.ZERO : age;
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }

    private static PosixFileAttributes checkOurs(Path path) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class,
                LinkOption.NOFOLLOW_LINKS);
        int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int self = effectiveUser();
        if (owner != self && owner != 0) {
            throw new IOException(
                    "%s belongs to user %d, this agent is user %d: what is there is not believed; chown it, or name another --state-dir"
                            .formatted(path, owner, self));
        }
        if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(
                    "%s can be written by others (%s): what is there is not believed; chmod go-rwx it, or name another --state-dir"
                            .formatted(path,
                                    PosixFilePermissions.toString(attributes.permissions())));
        }
        return attributes;
    }

    private static int effectiveUser() throws IOException {
        for (String line : Files.readAllLines(OWN_STATUS)) {
            if (line.startsWith("Uid:")) {
                // Real, effective, saved, file system.
                return Integer.parseUnsignedInt(line.strip().split("\\s+", -1)[2]);
            }
        }
        throw new IOException(OWN_STATUS + " names no user");
    }
}
