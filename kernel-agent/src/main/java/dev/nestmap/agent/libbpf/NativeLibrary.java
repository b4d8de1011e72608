package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * Finds C functions: the only class that calls what Java calls restricted. Never with Linker.Option.critical: a
 * bpf() call may sleep for an RCU grace period and would hold up every garbage collection for as long.
 */
@SuppressWarnings("restricted")
final class NativeLibrary {
    /** The memory into which a function of {@link #functionWithErrno} puts errno. */
    static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = ERRNO_LAYOUT
            .varHandle(PathElement.groupElement("errno"));

    private final SymbolLookup symbols;

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** Loads a library for as long as the process lives. */
    static NativeLibrary open(String soname, String advice) throws KernelException {
        try {
            return new NativeLibrary(SymbolLookup.libraryLookup(soname, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw KernelException.withoutErrno("load " + soname, advice, e);
        }
    }

    /** The C library that this process runs on. */
    static NativeLibrary libc() {
        return new NativeLibrary(Linker.nativeLinker().defaultLookup());
    }

    MethodHandle function(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
    }

    /** A function that takes memory of {@link #ERRNO_LAYOUT} before its own arguments. */
    MethodHandle functionWithErrno(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker()
                .downcallHandle(symbols.findOrThrow(name), descriptor,
                        Linker.Option.captureCallState("errno"));
    }

    /** Memory that C gave an address of, given back to it when the arena closes. */
    static MemorySegment memory(long address, long sizeBytes, Arena arena,
            Consumer<MemorySegment> giveBack) {
        return MemorySegment.ofAddress(address).reinterpret(sizeBytes, arena, giveBack);
    }

    static int errno(MemorySegment captured) {
        return (int) ERRNO.get(captured, 0L);
    }

    /** For what a method handle of ours cannot throw: wrong types are found by the first test. */
    static AssertionError impossible(Throwable thrown) {
        return new AssertionError("a call to C does not throw", thrown);
    }
}
