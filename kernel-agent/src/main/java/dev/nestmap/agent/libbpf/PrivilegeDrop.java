package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/*
 * Capabilities belong to a thread, and a JVM has many before the first line of Java runs. So one thread gives up all but what is
 * wanted, for itself and for what it executes (bounding set, no_new_privs), and executes this very program anew in its place:
 * execve(2) ends all other threads, and each thread of the new program begins with what is left. The process keeps its id, its
 * standard streams and its environment.
 */
/** Gives up every privilege that keeping BPF maps does not take. */
public final class PrivilegeDrop {
    /** All map types but those of ZERO_SEED: {@code KernelException}s tell of the rest. */
    private static final Capabilities WANTED = Capabilities.of(Capabilities.BPF,
            Capabilities.NET_ADMIN);

    private static final int PR_CAPBSET_READ = 23;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    /** _LINUX_CAPABILITY_VERSION_3: two words of 32 bits for each set. */
    private static final int VERSION = 0x20080522;
    /** Keeps a kernel on which nothing can be dropped from being asked for ever. */
    private static final String DROPPED = "NESTMAP_PRIVILEGES_DROPPED";
    private static final int FIRST_FD = 3;

    private PrivilegeDrop() {}

    /** Whether {@link #perform} would do anything: there is something to give up, and the kernel knows CAP_BPF (Linux 5.8). */
    public static boolean isDue() {
        return isKnown(Capabilities.BPF)
                && !Capabilities.ofThisProcess("CapPrm").without(WANTED).isEmpty();
    }

    /**
     * Starts this program anew with the capabilities that are wanted, of those that it has. Returns only by an exception, after which
     * this process is of no more use.
     *
     * @throws KernelException what the kernel said; EPERM where it was done before and has not helped
     */
    public static void perform() throws KernelException {
        String operation = "drop privileges";
        if (System.getenv(DROPPED) != null) {
            throw new KernelException(operation, Errno.EPERM,
                    "this process has " + Capabilities.ofThisProcess("CapPrm")
                            + " again after they were given up: start it with --keep-privileges");
        }
        AtomicReference<Optional<KernelException>> failure = new AtomicReference<>(
                Optional.empty());
        Thread thread = Thread.ofPlatform().name("nestmap-privileges").start(() -> {
            try {
                dropAndExecute(operation);
            } catch (KernelException e) {
                failure.set(Optional.of(e));
            }
        });
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KernelException.withoutErrno(operation, "interrupted", e);
        }
        throw failure.get()
                .orElseThrow(() -> new IllegalStateException("execve(2) has returned"));
    }

    private static void dropAndExecute(String operation) throws KernelException {
        List<String> arguments = new ArrayList<>();
        Path program;
        try {
            for (String argument : Files
                    .readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0", -1)) {
                arguments.add(argument);
            }
            // There is a zero behind the last one too.
            arguments.removeLast();
            program = Files.readSymbolicLink(Path.of("/proc/self/exe"));
            closeFilesOnExec();
        } catch (IOException e) {
            throw new KernelException(operation, Errno.EIO, e.toString());
        }
        for (int capability = 0; isKnown(capability); capability++) {
            if (!WANTED.has(capability)) {
                // Without CAP_SETPCAP the bounding set stays; no_new_privs has the same effect on what is executed.
                int _ = LibC.prctl(PR_CAPBSET_DROP, capability);
            }
        }
        check(LibC.prctl(PR_SET_NO_NEW_PRIVS, 1), operation);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocateFrom(JAVA_INT, VERSION, 0);
            Capabilities kept = Capabilities.ofThisProcess("CapPrm").and(WANTED);
            Capabilities inherited = Capabilities.ofThisProcess("CapInh").and(WANTED);
            check(LibC.capset(header, arena.allocateFrom(JAVA_INT, low(kept), low(kept),
                    low(inherited), high(kept), high(kept), high(inherited))), operation);
            check(LibC.setenv(DROPPED, "1"), operation);
            MemorySegment vector = arena.allocate(ADDRESS, arguments.size() + 1L);
            for (int i = 0; i < arguments.size(); i++) {
                vector.setAtIndex(ADDRESS, i,
                        arena.allocateFrom(arguments.get(i), StandardCharsets.ISO_8859_1));
            }
            check(LibC.execv(program, vector), operation + ": execute " + program);
        }
    }

    private static boolean isKnown(int capability) {
        return LibC.prctl(PR_CAPBSET_READ, capability) >= 0;
    }

    /** Java opens its jars so that they would stay open. */
    private static void closeFilesOnExec() throws IOException {
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path path : fds) {
                int fd = Integer.parseInt(String.valueOf(path.getFileName()));
                if (fd >= FIRST_FD) {
                    // The one of this very list is gone when this is done.
                    int _ = LibC.closeOnExec(fd);
                }
            }
        }
    }

    private static int low(Capabilities capabilities) {
        return (int) capabilities.bits();
    }

    private static int high(Capabilities capabilities) {
        return (int) (capabilities.bits() >>> Integer.SIZE);
    }

    private static void check(int result, String operation) throws KernelException {
        if (result < 0) {
            throw new KernelException(operation, -result,
                    "start it with --keep-privileges, or with CAP_BPF and CAP_NET_ADMIN alone");
        }
    }
}
