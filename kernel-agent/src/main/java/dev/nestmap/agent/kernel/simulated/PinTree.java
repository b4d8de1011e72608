package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Directories and pins, everything from the root on being one bpffs. Guarded by the kernel's monitor. */
final class PinTree {
    private final TreeSet<Path> directories = new TreeSet<>(List.of(Path.of("/")));
    private final TreeMap<Path, StoredMap> pins = new TreeMap<>();
    /** Of directories and pins: which change, of all there were, was the last to them. */
    private final Map<Path, Long> changes = new HashMap<>();
    private long changeCount;

    void pin(Path path, StoredMap map, String operation) throws KernelException {
        checkName(path, operation);
        refuse(directories.contains(path) || pins.containsKey(path), Errno.EEXIST, operation);
        pins.put(path, map);
        change(path);
        map.refer();
    }

    Optional<StoredMap> open(Path path, String operation) throws KernelException {
        if (!hasParent(path, operation)) {
            return Optional.empty();
        }
        checkName(path, operation);
        refuse(directories.contains(path), Errno.EACCES, operation);
        return Optional.ofNullable(pins.get(path));
    }

    void unpin(Path path, String operation) throws KernelException {
        checkName(path, operation);
        refuse(directories.contains(path), Errno.EISDIR, operation);
        StoredMap map = pins.remove(path);
        if (map == null) {
            throw new KernelException(operation, Errno.ENOENT);
        }
        change(path);
        map.letGo();
    }

    /** All pins, as one: what nothing else refers to is gone. */
    void letGo() {
        pins.values().forEach(StoredMap::letGo);
        pins.clear();
    }

    void rename(Path from, Path to, String operation) throws KernelException {
        checkName(from, operation);
        checkName(to, operation);
        StoredMap moved = pins.get(from);
        if (moved == null) {
            throw new KernelException(operation, Errno.ENOENT);
        }
        refuse(directories.contains(to), Errno.EISDIR, operation);
        pins.remove(from);
        StoredMap former = pins.put(to, moved);
        change(from);
        change(to);
        if (former != null) {
            former.letGo();
        }
    }

    void makeDirectories(Path path, String operation) throws KernelException {
        Path parent = path.getParent();
        if (directories.contains(path) || parent == null) {
            return;
        }
        refuse(pins.containsKey(parent), Errno.ENOTDIR, operation);
        makeDirectories(parent, operation);
        checkName(path, operation);
        refuse(pins.containsKey(path), Errno.EEXIST, operation);
        directories.add(path);
        change(path);
    }

    void removeDirectory(Path path, String operation) throws KernelException {
        checkName(path, operation);
        refuse(pins.containsKey(path), Errno.ENOTDIR, operation);
        refuse(!directories.contains(path), Errno.ENOENT, operation);
        boolean empty = children(path, pins.keySet()).isEmpty()
                && children(path, directories).isEmpty();
        refuse(!empty, Errno.ENOTEMPTY, operation);
        directories.remove(path);
        change(path);
    }

    List<String> pinNames(Path directory, String operation) throws KernelException {
        refuse(pins.containsKey(directory), Errno.ENOTDIR, operation);
        return children(directory, pins.keySet());
    }

    List<String> directoryNames(Path directory, String operation) throws KernelException {
        refuse(pins.containsKey(directory), Errno.ENOTDIR, operation);
        return children(directory, directories);
    }

    void checkDirectory(Path path, String operation) throws KernelException {
        refuse(pins.containsKey(path), Errno.ENOTDIR, operation);
        refuse(!directories.contains(path), Errno.ENOENT, operation);
    }

    Optional<FileStamp> stamp(Path path) {
        return pins.containsKey(path) || directories.contains(path)
                ? Optional.of(new FileStamp(0, 0, 0, changes.getOrDefault(path, 0L)))
                : Optional.empty();
    }

    private void change(Path path) {
        changes.put(path, ++changeCount);
        Path parent = path.getParent();
        if (parent != null) {
            changes.put(parent, changeCount);
        }
    }

    private static List<String> children(Path directory, Collection<Path> paths) {
        return paths.stream()
                .filter(path -> directory.equals(path.getParent()))
                .map(path -> String.valueOf(path.getFileName()))
                .sorted()
                .toList();
    }

    /** bpffs looks up no name with a dot, whether it is there or not. */
    private void checkName(Path path, String operation) throws KernelException {
        refuse(!hasParent(path, operation), Errno.ENOENT, operation);
        refuse(String.valueOf(path.getFileName()).contains("."), Errno.EPERM, operation);
    }

    private boolean hasParent(Path path, String operation) throws KernelException {
        Path parent = path.getParent();
        for (Path above = parent; above != null; above = above.getParent()) {
            refuse(pins.containsKey(above), Errno.ENOTDIR, operation);
        }
        return parent != null && directories.contains(parent);
    }

    private static void refuse(boolean broken, Errno errno, String operation)
            throws KernelException {
        if (broken) {
            throw new KernelException(operation, errno);
        }
    }
}
