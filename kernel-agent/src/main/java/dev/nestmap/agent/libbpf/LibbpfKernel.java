package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.kernel.HostObject;
import dev.nestmap.agent.kernel.HostWatch;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapInfo;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.PinRootLock;
import dev.nestmap.agent.kernel.ProgramMaps;
import dev.nestmap.model.Errno;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.MapType;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The kernel that this process runs on, through libbpf. Any number of threads may use it. */
public final class LibbpfKernel implements Kernel {
    private static final int NO_FD = -1;
    /** BPF_OBJ_NAME_LEN with its NUL. libbpf would cut a longer name without a word. */
    private static final int NAME_BYTES = 16;

    private final int possibleCpus;
    private final Object probing = new Object();
    /** Guarded by {@code probing}. */
    private @Nullable KernelFeatures features;

    private LibbpfKernel(int possibleCpus) {
        this.possibleCpus = possibleCpus;
    }

    /**
     * Loads libbpf and creates a map, to see that this process may.
     *
     * @throws KernelException with advice: no errno where libbpf 1.x is not installed, EPERM where a capability
     *     is missing, ENOSYS where the kernel knows no bpf(2)
     */
    public static LibbpfKernel open() throws KernelException {
        LibbpfInstallation.open();
        int cpus = LibBpf.libbpf_num_possible_cpus();
        if (cpus < 1) {
            throw new KernelException("count possible CPUs", -cpus);
        }
        LibbpfKernel kernel = new LibbpfKernel(cpus);
        kernel.create("probe", KernelMapSpec.of(MapType.ARRAY, 4, 4, 1, 0), null).close();
        return kernel;
    }

    @Override
    public KernelMap create(String kernelName, KernelMapSpec spec,
            @Nullable KernelMap innerTemplate) throws KernelException {
        String operation = "create " + spec.type().word() + " \"" + kernelName + '"';
        if (kernelName.getBytes(StandardCharsets.UTF_8).length >= NAME_BYTES) {
            throw new KernelException(operation, Errno.EINVAL, "the kernel takes 15 bytes of name");
        }
        if (innerTemplate == null) {
            return create(operation, kernelName, spec, NO_FD);
        }
        LibbpfMap template = LibbpfMap.ours(innerTemplate);
        template.hold();
        try {
            return create(operation, kernelName, spec, template.fd());
        } finally {
            template.release();
        }
    }

    private LibbpfMap create(String operation, String name, KernelMapSpec spec, int templateFd)
            throws KernelException {
        MapBtf btf = spec.btf();
        try (Arena arena = Arena.ofConfined();
                BtfFd types = btf == null ? null : BtfFd.load(btf.data(), operation)) {
            int fd = LibBpf.bpf_map_create(spec.type().number(), arena.allocateFrom(name),
                    spec.keySize(), spec.valueSize(), spec.maxEntries(),
                    BpfStructs.createOptions(arena, spec, templateFd,
                            types == null ? NO_FD : types.fd()));
            if (fd == -Errno.EPERM.number()) {
                throw new KernelException(operation, Errno.EPERM, Privileges.advice(spec.type()));
            }
            if (fd < 0) {
                throw new KernelException(operation, -fd);
            }
            return ownMap(fd, operation);
        }
    }

    @Override
    public Optional<KernelMap> openPin(Path pin) throws KernelException {
        String operation = "open pin " + pin;
        int fd;
        try (Arena arena = Arena.ofConfined()) {
            fd = LibBpf.bpf_obj_get(arena.allocateFrom(pin.toString()));
        }
        if (fd == -Errno.ENOENT.number()) {
            return Optional.empty();
        }
        if (fd < 0) {
            throw new KernelException(operation, -fd);
        }
        return Optional.of(own(fd, operation));
    }

    @Override
    public KernelMap openById(int kernelId) throws KernelException {
        String operation = "open the map with kernel id " + kernelId;
        int fd = LibBpf.bpf_map_get_fd_by_id(kernelId);
        if (fd < 0) {
            throw new KernelException(operation, -fd);
        }
        return own(fd, operation);
    }

    /** Makes a map of an fd, or closes it, where it is none too. */
    private LibbpfMap own(int fd, String operation) throws KernelException {
        boolean owned = false;
        try {
            if (!FdInfo.isMap(fd, operation)) {
                throw new KernelException(operation, Errno.EINVAL, "this is not a map");
            }
            owned = true;
        } finally {
            if (!owned) {
                LibC.close(fd);
            }
        }
        return ownMap(fd, operation);
    }

    /** Makes a map of a map's fd, or closes it. */
    private LibbpfMap ownMap(int fd, String operation) throws KernelException {
        boolean owned = false;
        try {
            KernelMapInfo info = BpfStructs.readMapInfo(fd, operation);
            owned = true;
            return new LibbpfMap(new MapFd(fd, info, valueWidth(info.spec()),
                    SpinLocks.writeFlags(fd, info.spec())));
        } finally {
            if (!owned) {
                LibC.close(fd);
            }
        }
    }

    private int valueWidth(KernelMapSpec spec) {
        return switch (spec.type()) {
            case PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH, PERCPU_CGROUP_STORAGE ->
                (spec.valueSize() + 7) / 8 * 8 * possibleCpus;
            default -> spec.valueSize();
        };
    }

    @Override
    public List<String> pins(Path directory) throws KernelException {
        return PinFiles.pins(directory);
    }

    @Override
    public List<String> directories(Path directory) throws KernelException {
        return PinFiles.directories(directory);
    }

    @Override
    public void unpin(Path pin) throws KernelException {
        PinFiles.unpin(pin);
    }

    @Override
    public void renamePin(Path from, Path to) throws KernelException {
        PinFiles.rename(from, to);
    }

    @Override
    public void makeDirectories(Path directory) throws KernelException {
        PinFiles.makeDirectories(directory);
    }

    @Override
    public void removeDirectory(Path directory) throws KernelException {
        PinFiles.removeDirectory(directory);
    }

    @Override
    public KernelFeatures features() throws KernelException {
        synchronized (probing) {
            if (features == null) {
                features = new FeatureProbe(this).probe();
            }
            return features;
        }
    }

    @Override
    public OptionalInt interfaceIndex(String name) {
        int index = LibC.if_nametoindex(name);
        return index == 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    @Override
    public HostWatch watchInterfaces(Runnable changed) throws KernelException {
        return LinkEvents.open(changed);
    }

    @Override
    public int possibleCpus() {
        return possibleCpus;
    }

    @Override
    public Optional<HostObject> openProgram(Path pin) throws KernelException {
        return HostDescriptor.program(pin);
    }

    @Override
    public Optional<ProgramMaps> programMaps(Path pin) throws KernelException {
        try (HostObject program = HostDescriptor.program(pin).orElse(null)) {
            return program == null
                    ? Optional.empty()
                    : Optional.of(
                            ProgramInfo.read(program.descriptor(), "examine program " + pin));
        }
    }

    @Override
    public Optional<FileStamp> stamp(Path path) throws KernelException {
        return PinFiles.stamp(path);
    }

    @Override
    public Optional<HostObject> openCgroup(Path directory) throws KernelException {
        return HostDescriptor.cgroup(directory);
    }

    @Override
    public PinRootLock lock(Path pinRoot) throws KernelException {
        return DirectoryLock.take(pinRoot);
    }

    @Override
    public boolean takesPins(Path directory) throws KernelException {
        return Bpffs.covers(directory);
    }

    /** Nothing to give back: libbpf stays loaded. */
    @Override
    public void close() {}

}
