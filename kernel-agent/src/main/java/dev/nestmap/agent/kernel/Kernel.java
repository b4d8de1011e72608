package dev.nestmap.agent.kernel;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that holds BPF maps, and the bpffs in which they are pinned. Any number of threads may call. Of all
 * calls only writes to a {@link KernelMap} and the first {@link #features} wait for an RCU grace period.
 *
 * <p>Paths are absolute. A map lives while a {@link KernelMap} is open on it, a pin names it or a slot holds
 * it; then it is gone. A file name with a dot in it is refused by bpffs (EPERM): a pin to be renamed later is
 * {@code name_next}, not {@code name.next}.
 */
public interface Kernel extends AutoCloseable {
    /**
     * Creates a map, not yet pinned. The caller closes it.
     *
     * @param kernelName at most 15 bytes of {@code [A-Za-z0-9_.]}, otherwise EINVAL; may be empty and need not
     *     be unique
     * @param innerTemplate what inner maps must look like; required for the two outer types (EBADF without),
     *     not looked at for others. It is copied: it may be closed afterwards
     * @throws KernelException EINVAL, E2BIG, ENOTSUPP for a specification that the type refuses; EPERM without
     *     the capability, with advice; ENOMEM; EMFILE
     */
    KernelMap create(String kernelName, KernelMapSpec spec, @Nullable KernelMap innerTemplate)
            throws KernelException;

    /**
     * Opens the map that is pinned at a path; empty where nothing is. The caller closes it. Each call gives a
     * map of its own, though their ids are equal.
     *
     * @throws KernelException EINVAL where the pin is a program, a link or a map of a type that is not known
     *     here; EACCES for a directory or a file that is no pin
     */
    Optional<KernelMap> openPin(Path pin) throws KernelException;

    /**
     * Opens a map by the kernel's id. The caller closes it.
     *
     * @throws KernelException EPERM without CAP_SYS_ADMIN, ENOENT where there is none
     */
    KernelMap openById(int kernelId) throws KernelException;

    /**
     * The names of the pins in a directory, directories left out, sorted. Empty where there is no such
     * directory. Names with a dot are left out too: they are the kernel's own (maps.debug, progs.debug at the
     * root of a bpffs).
     *
     * @throws KernelException ENOTDIR, EACCES
     */
    List<String> pins(Path directory) throws KernelException;

    /**
     * The names of the directories in a directory, sorted. Empty where there is no such directory.
     *
     * @throws KernelException ENOTDIR, EACCES
     */
    List<String> directories(Path directory) throws KernelException;

    /**
     * Removes a pin, whatever object it names.
     *
     * @throws KernelException ENOENT where nothing is, EISDIR for a directory
     */
    void unpin(Path pin) throws KernelException;

    /**
     * Moves a pin to another name of the same bpffs, in one step: who opens {@code to} meanwhile gets the old
     * or the new map.
     *
     * @throws KernelException ENOENT where {@code from} or the parent of {@code to} is missing, EISDIR where
     *     {@code to} is a directory, EXDEV for another mount, EPERM for a name with a dot
     */
    void renamePin(Path from, Path to) throws KernelException;

    /**
     * Creates a directory and those above it, where missing.
     *
     * @throws KernelException EPERM for a name with a dot, ENOTDIR or EEXIST where a pin is in the way
     */
    void makeDirectories(Path directory) throws KernelException;

    /**
     * Removes an empty directory.
     *
     * @throws KernelException ENOENT, ENOTEMPTY, ENOTDIR
     */
    void removeDirectory(Path directory) throws KernelException;

    /** What this kernel can do. Found out once, when first asked: tens of maps are created and closed. */
    KernelFeatures features() throws KernelException;

    /**
     * The index of a network interface in this process' network namespace, as of now; empty where there is none
     * of that name.
     */
    OptionalInt interfaceIndex(String name);

    /**
     * Calls a listener, in a thread of its own, soon after a network interface of this process' network namespace came, went or
     * got another name; perhaps for other changes too, and once for several. The caller closes it.
     *
     * @throws KernelException where there is no way to hear of that: then only asking again helps
     */
    HostWatch watchInterfaces(Runnable changed) throws KernelException;

    /** The number of CPUs for which a per-CPU map has values: possible, not online. */
    int possibleCpus();

    /**
     * Opens the program that is pinned at a path, to be written into a map; empty where nothing is. The caller closes it.
     *
     * @throws KernelException EINVAL where the pin is something else; EACCES for a file that is no pin
     */
    Optional<HostObject> openProgram(Path pin) throws KernelException;

    /**
     * The maps that the program holds which is pinned at a path; empty where nothing is. Takes no more than CAP_BPF.
     *
     * @throws KernelException EINVAL where the pin is something else; EACCES for a file that is no pin
     */
    Optional<ProgramMaps> programMaps(Path pin) throws KernelException;

    /**
     * What tells a pin, or the names in a directory, from others; empty where there is neither. Opens nothing.
     *
     * @throws KernelException EACCES, EIO
     */
    Optional<FileStamp> stamp(Path path) throws KernelException;

    /**
     * Opens a cgroup, to be written into a map; empty where there is no such directory. The caller closes it.
     *
     * @throws KernelException EBADF where the directory is not of a cgroup version 2 hierarchy
     */
    Optional<HostObject> openCgroup(Path directory) throws KernelException;

    /**
     * Keeps other agents away from a pin root, which must exist. The caller closes it on the way out.
     *
     * @throws KernelException EAGAIN where another agent holds it, ENOENT, ENOTDIR
     */
    PinRootLock lock(Path pinRoot) throws KernelException;

    /**
     * True where pins can be made in a directory, or in the nearest one above it that exists: it is in a bpffs.
     *
     * @throws KernelException what the kernel says to looking at it
     */
    boolean takesPins(Path directory) throws KernelException;

    /** Ends the use of this kernel. Maps and locks that are still open stay so; close them first. */
    @Override
    void close();
}
