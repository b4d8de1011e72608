package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * libbpf 1.x under its C names (bpf/bpf.h, bpf/libbpf.h). Since 1.0 every function returns {@code -errno} by
 * itself, otherwise 0 or an fd. {@link LibbpfInstallation#open()} comes first: without the library this class
 * cannot be initialised.
 */
final class LibBpf {
    private static final Functions C = link();

    private LibBpf() {}

    private record Functions(
            MethodHandle bpf_map_create,
            MethodHandle bpf_btf_load,
            MethodHandle bpf_map_update_elem,
            MethodHandle bpf_map_lookup_elem_flags,
            MethodHandle bpf_map_lookup_and_delete_elem,
            MethodHandle bpf_map_delete_elem,
            MethodHandle bpf_map_get_next_key,
            MethodHandle bpf_map_update_batch,
            MethodHandle bpf_map_lookup_batch,
            MethodHandle bpf_map_delete_batch,
            MethodHandle bpf_map_freeze,
            MethodHandle bpf_obj_pin,
            MethodHandle bpf_obj_get,
            MethodHandle bpf_obj_get_info_by_fd,
            MethodHandle bpf_map_get_fd_by_id,
            MethodHandle bpf_btf_get_fd_by_id,
            MethodHandle libbpf_probe_bpf_map_type,
            MethodHandle libbpf_num_possible_cpus) {}

    private static Functions link() {
        try {
            NativeLibrary libbpf = LibbpfInstallation.open();
            return new Functions(
                    function(libbpf, "bpf_map_create", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT,
                            JAVA_INT, ADDRESS),
                    function(libbpf, "bpf_btf_load", ADDRESS, JAVA_LONG, ADDRESS),
                    function(libbpf, "bpf_map_update_elem", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
                    function(libbpf, "bpf_map_lookup_elem_flags", JAVA_INT, ADDRESS, ADDRESS,
                            JAVA_LONG),
                    function(libbpf, "bpf_map_lookup_and_delete_elem", JAVA_INT, ADDRESS, ADDRESS),
                    function(libbpf, "bpf_map_delete_elem", JAVA_INT, ADDRESS),
                    function(libbpf, "bpf_map_get_next_key", JAVA_INT, ADDRESS, ADDRESS),
                    function(libbpf, "bpf_map_update_batch", JAVA_INT, ADDRESS, ADDRESS, ADDRESS,
                            ADDRESS),
                    function(libbpf, "bpf_map_lookup_batch", JAVA_INT, ADDRESS, ADDRESS, ADDRESS,
                            ADDRESS, ADDRESS, ADDRESS),
                    function(libbpf, "bpf_map_delete_batch", JAVA_INT, ADDRESS, ADDRESS, ADDRESS),
                    function(libbpf, "bpf_map_freeze", JAVA_INT),
                    function(libbpf, "bpf_obj_pin", JAVA_INT, ADDRESS),
                    function(libbpf, "bpf_obj_get", ADDRESS),
                    function(libbpf, "bpf_obj_get_info_by_fd", JAVA_INT, ADDRESS, ADDRESS),
                    function(libbpf, "bpf_map_get_fd_by_id", JAVA_INT),
                    function(libbpf, "bpf_btf_get_fd_by_id", JAVA_INT),
                    function(libbpf, "libbpf_probe_bpf_map_type", JAVA_INT, ADDRESS),
                    function(libbpf, "libbpf_num_possible_cpus"));
        } catch (KernelException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static MethodHandle function(NativeLibrary libbpf, String name,
            MemoryLayout... arguments) {
        return libbpf.function(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    static int bpf_map_create(int type, MemorySegment name, int keySize, int valueSize,
            int maxEntries, MemorySegment opts) {
        try {
            return (int) C.bpf_map_create.invokeExact(type, name, keySize, valueSize, maxEntries,
                    opts);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_btf_load(MemorySegment data, long sizeBytes, MemorySegment opts) {
        try {
            return (int) C.bpf_btf_load.invokeExact(data, sizeBytes, opts);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_update_elem(int fd, MemorySegment key, MemorySegment value, long flags) {
        try {
            return (int) C.bpf_map_update_elem.invokeExact(fd, key, value, flags);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_lookup_elem_flags(int fd, MemorySegment key, MemorySegment value,
            long flags) {
        try {
            return (int) C.bpf_map_lookup_elem_flags.invokeExact(fd, key, value, flags);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_lookup_and_delete_elem(int fd, MemorySegment key, MemorySegment value) {
        try {
            return (int) C.bpf_map_lookup_and_delete_elem.invokeExact(fd, key, value);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_delete_elem(int fd, MemorySegment key) {
        try {
            return (int) C.bpf_map_delete_elem.invokeExact(fd, key);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_get_next_key(int fd, MemorySegment key, MemorySegment nextKey) {
        try {
            return (int) C.bpf_map_get_next_key.invokeExact(fd, key, nextKey);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_update_batch(int fd, MemorySegment keys, MemorySegment values,
            MemorySegment count, MemorySegment opts) {
        try {
            return (int) C.bpf_map_update_batch.invokeExact(fd, keys, values, count, opts);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_lookup_batch(int fd, MemorySegment inBatch, MemorySegment outBatch,
            MemorySegment keys, MemorySegment values, MemorySegment count, MemorySegment opts) {
        try {
            return (int) C.bpf_map_lookup_batch.invokeExact(fd, inBatch, outBatch, keys, values,
                    count, opts);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_delete_batch(int fd, MemorySegment keys, MemorySegment count,
            MemorySegment opts) {
        try {
            return (int) C.bpf_map_delete_batch.invokeExact(fd, keys, count, opts);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_freeze(int fd) {
        try {
            return (int) C.bpf_map_freeze.invokeExact(fd);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_obj_pin(int fd, MemorySegment path) {
        try {
            return (int) C.bpf_obj_pin.invokeExact(fd, path);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_obj_get(MemorySegment path) {
        try {
            return (int) C.bpf_obj_get.invokeExact(path);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_obj_get_info_by_fd(int fd, MemorySegment info, MemorySegment infoLength) {
        try {
            return (int) C.bpf_obj_get_info_by_fd.invokeExact(fd, info, infoLength);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_map_get_fd_by_id(int id) {
        try {
            return (int) C.bpf_map_get_fd_by_id.invokeExact(id);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int bpf_btf_get_fd_by_id(int id) {
        try {
            return (int) C.bpf_btf_get_fd_by_id.invokeExact(id);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int libbpf_probe_bpf_map_type(int type, MemorySegment opts) {
        try {
            return (int) C.libbpf_probe_bpf_map_type.invokeExact(type, opts);
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int libbpf_num_possible_cpus() {
        try {
            return (int) C.libbpf_num_possible_cpus.invokeExact();
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }
}
