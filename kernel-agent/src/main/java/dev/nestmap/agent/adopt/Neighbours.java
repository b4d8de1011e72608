package dev.nestmap.agent.adopt;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Errno;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pins in some folders and below: maps by their ids, and programs with the maps that they use. */
final class Neighbours {
    /** Of pins and folders together; what lies behind is not found. */
    private static final int MOST = 4096;

    private final Kernel kernel;
    private final Map<Integer, Path> maps = new HashMap<>();
    private final Map<Path, List<Integer>> programs = new HashMap<>();
    private int looked;

    private Neighbours(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Looks through folders of a bpffs, up to a number of pins; any other folder has none. */
    static Neighbours of(Kernel kernel, List<Path> folders) throws KernelException {
        Neighbours found = new Neighbours(kernel);
        Deque<Path> left = new ArrayDeque<>(folders);
        while (!left.isEmpty() && found.looked < MOST) {
            Path folder = left.removeFirst();
            found.looked++;
            if (!kernel.takesPins(folder)) {
                continue;
            }
            for (String name : kernel.pins(folder)) {
                if (found.looked < MOST) {
                    found.look(folder.resolve(name));
                }
            }
            for (String name : kernel.directories(folder)) {
                left.addLast(folder.resolve(name));
            }
        }
        return found;
    }

    private void look(Path pin) throws KernelException {
        looked++;
        try (KernelMap map = kernel.openPin(pin).orElse(null)) {
            if (map != null) {
                maps.putIfAbsent(map.info().id(), pin);
            }
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.EACCES) && !e.is(Errno.EPERM)) {
                throw e;
            }
            lookForProgram(pin);
        }
    }

    private void lookForProgram(Path pin) throws KernelException {
        try {
            kernel.programMaps(pin).ifPresent(program -> programs.put(pin, program.mapIds()));
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.EACCES) && !e.is(Errno.EPERM)) {
                throw e;
            }
            // A link, or a file that is no pin at all.
        }
    }

    /** Where a map is pinned, if it was met. */
    Optional<Path> pin(int kernelId) {
        return Optional.ofNullable(maps.get(kernelId));
    }

    /** The programs that use a map, by path. */
    List<Path> programs(int kernelId) {
        List<Path> users = new ArrayList<>();
        programs.forEach((pin, uses) -> {
            if (uses.contains(kernelId)) {
                users.add(pin);
            }
        });
        users.sort(null);
        return users;
    }
}
