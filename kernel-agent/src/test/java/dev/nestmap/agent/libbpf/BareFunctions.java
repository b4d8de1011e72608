package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Functions of libbpf that only tests want. */
final class BareFunctions {
    private static final Functions C = link();

    private BareFunctions() {}

    private record Functions(
            MethodHandle bpf_map_lookup_and_delete_elem_flags,
            MethodHandle bpf_map_get_next_id) {}

    private static Functions link() {
        try {
            NativeLibrary libbpf = LibbpfInstallation.open();
            return new Functions(
                    libbpf.function("bpf_map_lookup_and_delete_elem_flags",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS,
                                    JAVA_LONG)),
                    libbpf.function("bpf_map_get_next_id",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS)));
        } catch (KernelException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    static int bpf_map_lookup_and_delete_elem_flags(int fd, MemorySegment key,
            MemorySegment value, long flags) {
        try {
            return (int) C.bpf_map_lookup_and_delete_elem_flags.invokeExact(fd, key, value,
                    flags);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_get_next_id(int id, MemorySegment next) {
        try {
            return (int) C.bpf_map_get_next_id.invokeExact(id, next);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }
}
