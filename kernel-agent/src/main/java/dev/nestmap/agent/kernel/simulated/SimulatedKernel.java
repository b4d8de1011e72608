package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.kernel.HostObject;
import dev.nestmap.agent.kernel.HostWatch;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapInfo;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelProbe;
import dev.nestmap.agent.kernel.PinRootLock;
import dev.nestmap.agent.kernel.ProgramMaps;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in memory. Its whole state is guarded by its monitor. Nothing waits: there are no grace periods.
 * Programs are not simulated, and of flags on file descriptors RDONLY and WRONLY have no effect.
 */
public final class SimulatedKernel implements Kernel {
    static final int POSSIBLE_CPUS = 2;

    private final TreeSet<Integer> live = new TreeSet<>();
    private PinTree tree = new PinTree();
    private final Map<String, Integer> interfaces = new TreeMap<>(Map.of("lo", 1));
    private final Map<Path, Integer> programs = new TreeMap<>();
    private final Map<Path, Integer> cgroups = new TreeMap<>();
    private final Set<MapType> types = EnumSet.complementOf(EnumSet.of(MapType.STRUCT_OPS,
            MapType.SK_STORAGE, MapType.INODE_STORAGE, MapType.TASK_STORAGE, MapType.CGRP_STORAGE));
    private final List<Runnable> interfaceWatches = new ArrayList<>();
    private final Set<Path> locks = new HashSet<>();
    private Faults faults = Faults.none();
    private boolean mounted = true;
    private int lastId;

    /** From now on these go wrong, instead of what went wrong before. */
    public synchronized void inject(Faults newFaults) {
        faults = newFaults;
    }

    /** Adds a network interface, or changes the index of one; {@code lo} with 1 is there from the start. */
    public synchronized void putInterface(String name, int index) {
        interfaces.put(name, index);
        interfaceWatches.forEach(Thread::startVirtualThread);
    }

    /** Takes a network interface away. Slots that name its index stay, unlike in a real kernel. */
    public synchronized void removeInterface(String name) {
        interfaces.remove(name);
        interfaceWatches.forEach(Thread::startVirtualThread);
    }

    /** Pins a program, or another one in its place. */
    public synchronized void putProgram(Path pin, int id) {
        programs.put(pin, id);
    }

    /** Takes the pin of a program away; maps that hold it keep it. */
    public synchronized void removeProgram(Path pin) {
        programs.remove(pin);
    }

    /** Makes a cgroup. */
    public synchronized void putCgroup(Path directory, int id) {
        cgroups.put(directory, id);
    }

    /** Unmounts the bpffs: its pins are gone, and what is locked in it is no more in place. */
    public synchronized void unmountPins() {
        tree.letGo();
        tree = new PinTree();
        locks.clear();
        mounted = false;
    }

    /** Mounts another bpffs, with nothing in it. */
    public synchronized void mountPins() {
        mounted = true;
    }

    /** A program writes an element, which it can in a frozen map too. */
    public synchronized void writeAsProgram(KernelMap map, Bytes key, Bytes value)
            throws KernelException {
        if (ours(map).open().update(key, value, 0, interfaceIndexes()).isPresent()) {
            throw new KernelException("write as a program", Errno.EINVAL);
        }
    }

    /** From now on it is a kernel that knows no such maps. */
    public synchronized void forget(MapType type) {
        types.remove(type);
    }

    /** The ids of all maps that something still refers to, ascending. */
    public synchronized Set<Integer> liveMapIds() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(live));
    }

    @Override
    public synchronized KernelMap create(String kernelName, KernelMapSpec spec,
            @Nullable KernelMap innerTemplate) throws KernelException {
        String operation = "create " + spec.type().word() + " \"" + kernelName + '"';
        fault(operation);
        StoredMap template = innerTemplate == null ? null : ours(innerTemplate).open();
        Optional<Errno> refusal = types.contains(spec.type())
                ? CreationRules.refusal(kernelName, spec, template)
                : Optional.of(Errno.EINVAL);
        if (refusal.isPresent()) {
            throw new KernelException(operation, refusal.get());
        }
        KernelMapInfo info = new KernelMapInfo(++lastId, kernelName, CreationRules.reported(spec));
        return new SimulatedMap(this,
                new StoredMap(info,
                        template == null || !spec.type().isOuter() ? null : template.spec, live));
    }

    @Override
    public synchronized Optional<KernelMap> openPin(Path pin) throws KernelException {
        String operation = begin("open pin " + pin);
        return tree.open(pin, operation).map(map -> new SimulatedMap(this, map));
    }

    /** As for a process without CAP_SYS_ADMIN. */
    @Override
    public KernelMap openById(int kernelId) throws KernelException {
        throw new KernelException("open the map with kernel id " + kernelId, Errno.EPERM);
    }

    @Override
    public synchronized List<String> pins(Path directory) throws KernelException {
        return tree.pinNames(directory, begin("list " + directory));
    }

    @Override
    public synchronized List<String> directories(Path directory) throws KernelException {
        return tree.directoryNames(directory, begin("list " + directory));
    }

    @Override
    public synchronized void unpin(Path pin) throws KernelException {
        tree.unpin(pin, begin("unpin " + pin));
    }

    @Override
    public synchronized void renamePin(Path from, Path to) throws KernelException {
        tree.rename(from, to, begin("rename pin " + from + " to " + to));
    }

    @Override
    public synchronized void makeDirectories(Path directory) throws KernelException {
        tree.makeDirectories(directory, begin("make directory " + directory));
    }

    @Override
    public synchronized void removeDirectory(Path directory) throws KernelException {
        tree.removeDirectory(directory, begin("remove directory " + directory));
    }

    @Override
    public synchronized KernelFeatures features() {
        return new KernelFeatures("simulated", System.getProperty("os.arch", "unknown"),
                POSSIBLE_CPUS, types, true, List.of(),
                new KernelProbe(List.of("no_prealloc", "rdonly_prog", "wronly_prog", "mmapable",
                        "inner_map"), true, Duration.ZERO, Duration.ZERO, true, true, true));
    }

    @Override
    public synchronized OptionalInt interfaceIndex(String name) {
        Integer index = interfaces.get(name);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }

    @Override
    public synchronized HostWatch watchInterfaces(Runnable changed) {
        interfaceWatches.add(changed);
        return () -> forgetWatch(changed);
    }

    private synchronized void forgetWatch(Runnable changed) {
        interfaceWatches.remove(changed);
    }

    @Override
    public int possibleCpus() {
        return POSSIBLE_CPUS;
    }

    @Override
    public synchronized Optional<HostObject> openProgram(Path pin) {
        return Optional.ofNullable(programs.get(pin)).map(SimulatedObject::new);
    }

    /** Its programs hold no maps. */
    @Override
    public synchronized Optional<ProgramMaps> programMaps(Path pin) {
        return Optional.ofNullable(programs.get(pin))
                .map(id -> new ProgramMaps(id, "", List.of()));
    }

    @Override
    public synchronized Optional<FileStamp> stamp(Path path) {
        Integer program = programs.get(path);
        return program == null
                ? tree.stamp(path)
                : Optional.of(new FileStamp(1, program, 0, 0));
    }

    @Override
    public synchronized Optional<HostObject> openCgroup(Path directory) {
        return Optional.ofNullable(cgroups.get(directory)).map(SimulatedObject::new);
    }

    @Override
    public synchronized PinRootLock lock(Path pinRoot) throws KernelException {
        String operation = begin("lock pin root " + pinRoot);
        tree.checkDirectory(pinRoot, operation);
        if (!locks.add(pinRoot)) {
            throw new KernelException(operation, Errno.EAGAIN, "another agent runs on it");
        }
        return new SimulatedLock(this, pinRoot);
    }

    @Override
    public synchronized boolean takesPins(Path directory) throws KernelException {
        begin("examine the file system of " + directory);
        return mounted;
    }

    @Override
    public void close() {}

    private static final class SimulatedLock implements PinRootLock {
        private final SimulatedKernel kernel;
        private final Path pinRoot;
        private final PinTree locked;
        /** Guarded by the kernel's monitor. */
        private boolean closed;

        SimulatedLock(SimulatedKernel kernel, Path pinRoot) {
            this.kernel = kernel;
            this.pinRoot = pinRoot;
            this.locked = kernel.tree;
        }

        @Override
        public boolean isInPlace() {
            synchronized (kernel) {
                return isCurrent();
            }
        }

        @Override
        public void close() {
            synchronized (kernel) {
                if (!closed && isCurrent()) {
                    kernel.locks.remove(pinRoot);
                }
                closed = true;
            }
        }

        private boolean isCurrent() {
            return kernel.tree == locked && kernel.mounted;
        }
    }

    // What the open maps of this kernel use; they hold its monitor.

    void pin(Path path, StoredMap map, String operation) throws KernelException {
        tree.pin(path, map, operation);
    }

    Set<Integer> interfaceIndexes() {
        return Set.copyOf(interfaces.values());
    }

    void fault(String operation) throws KernelException {
        faults.before(operation);
    }

    SimulatedMap ours(KernelMap map) {
        if (map instanceof SimulatedMap ours && ours.isOf(this)) {
            return ours;
        }
        throw new IllegalArgumentException(map.info() + " is a map of another kernel");
    }

    private String begin(String operation) throws KernelException {
        fault(operation);
        return operation;
    }
}
