package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The file operations that bpffs takes, with the errno that the JDK's own would hide. */
final class PinFiles {
    private static final int DIRECTORY_MODE = 0700;

    private PinFiles() {}

    static List<String> pins(Path directory) throws KernelException {
        return names(directory, path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                .stream()
                .filter(name -> !name.contains("."))
                .toList();
    }

    static List<String> directories(Path directory) throws KernelException {
        return names(directory, path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
    }

    static void unpin(Path pin) throws KernelException {
        check(LibC.unlink(pin), "unpin " + pin);
    }

    static void rename(Path from, Path to) throws KernelException {
        check(LibC.rename(from, to), "rename pin " + from + " to " + to);
    }

    static void removeDirectory(Path directory) throws KernelException {
        check(LibC.rmdir(directory), "remove directory " + directory);
    }

    static void makeDirectories(Path directory) throws KernelException {
        int result = LibC.mkdir(directory, DIRECTORY_MODE);
        Path parent = directory.getParent();
        if (result == -Errno.ENOENT.number() && parent != null) {
            makeDirectories(parent);
            result = LibC.mkdir(directory, DIRECTORY_MODE);
        }
        if (result != -Errno.EEXIST.number() || !Files.isDirectory(directory)) {
            check(result, "make directory " + directory);
        }
    }

    static Optional<FileStamp> stamp(Path path) throws KernelException {
        try {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino,ctime",
                    LinkOption.NOFOLLOW_LINKS);
            // A directory of a bpffs has the time of its last new, removed or renamed name as both of its times.
            FileTime changed = (FileTime) Objects.requireNonNull(attributes.get("ctime"));
            return Optional.of(new FileStamp((Long) Objects.requireNonNull(attributes.get("dev")),
                    (Long) Objects.requireNonNull(attributes.get("ino")), changed.toMillis(),
                    changed.to(TimeUnit.NANOSECONDS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw new KernelException("examine " + path, Errno.EACCES);
        } catch (IOException e) {
            throw new KernelException("examine " + path, Errno.EIO, e.toString());
        }
    }

    private static List<String> names(Path directory, Predicate<Path> wanted)
            throws KernelException {
        String operation = "list " + directory;
        // open(2) of a pin gives EIO, not ENOTDIR.
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new KernelException(operation, Errno.ENOTDIR);
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Path name = entry.getFileName();
                if (name != null && wanted.test(entry)) {
                    names.add(name.toString());
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (NotDirectoryException e) {
            throw new KernelException(operation, Errno.ENOTDIR);
        } catch (AccessDeniedException e) {
            throw new KernelException(operation, Errno.EACCES);
        } catch (IOException | DirectoryIteratorException e) {
            throw new KernelException(operation, Errno.EIO, e.toString());
        }
        Collections.sort(names);
        return List.copyOf(names);
    }

    private static void check(int result, String operation) throws KernelException {
        if (result < 0) {
            throw new KernelException(operation, -result);
        }
    }
}
