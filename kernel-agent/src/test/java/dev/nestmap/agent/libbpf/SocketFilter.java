package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** The smallest program: it drops every packet of the socket that it is never attached to. */
public final class SocketFilter {
    private static final int BPF_PROG_TYPE_SOCKET_FILTER = 1;
    /** {@code r0 = 0; exit}. */
    private static final long[] INSTRUCTIONS = {0xb7, 0x95};

    private SocketFilter() {}

    /** Loads one and pins it. */
    public static void pin(Path path) throws KernelException {
        pin(path, INSTRUCTIONS);
    }

    /** Loads one that holds a map, and pins it. */
    public static void pin(Path path, KernelMap map) throws KernelException {
        // r1 = the map; its file descriptor is in the upper half.
        long load = 0x1118L | (long) LibbpfMap.ours(map).fd() << Integer.SIZE;
        pin(path, new long[]{load, 0, INSTRUCTIONS[0], INSTRUCTIONS[1]});
    }

    private static void pin(Path path, long[] instructions) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            var load = LibbpfInstallation.open()
                    .function("bpf_prog_load", FunctionDescriptor
                            .of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
            int fd = (int) load.invokeExact(BPF_PROG_TYPE_SOCKET_FILTER, arena.allocateFrom("p"),
                    arena.allocateFrom("GPL"), arena.allocateFrom(JAVA_LONG, instructions),
                    (long) instructions.length, MemorySegment.NULL);
            if (fd < 0) {
                throw new KernelException("load a program", -fd);
            }
            int pinned = LibBpf.bpf_obj_pin(fd, arena.allocateFrom(path.toString()));
            LibC.close(fd);
            if (pinned < 0) {
                throw new KernelException("pin a program", -pinned);
            }
        } catch (KernelException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }
}
