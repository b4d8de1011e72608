package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * libc under its C names, each function but {@code if_nametoindex} with libbpf's convention: 0 or more,
 * otherwise {@code -errno}.
 */
final class LibC {
    /** {@code O_RDONLY | O_CLOEXEC}. */
    private static final int READ_ONLY = 0x80000;
    /** {@code LOCK_EX | LOCK_NB}. */
    private static final int EXCLUSIVE_OR_FAIL = 2 | 4;
    /** {@code PROT_READ | PROT_WRITE}. */
    private static final int READ_AND_WRITE = 1 | 2;
    /** {@code PROT_READ}. */
    private static final int READ = 1;
    private static final int MAP_SHARED = 1;

    private static final int AF_UNIX = 1;
    private static final int AF_NETLINK = 16;
    private static final short POLLIN = 1;
    /** {@code MSG_DONTWAIT}. */
    private static final int DO_NOT_WAIT = 0x40;
    /** {@code SOCK_DGRAM | SOCK_CLOEXEC}. */
    private static final int DATAGRAM_CLOSED_ON_EXEC = 2 | 0x80000;
    /** {@code MSG_NOSIGNAL}. */
    private static final int NO_SIGNAL = 0x4000;

    /** {@code F_SETFD}, {@code FD_CLOEXEC}. */
    private static final int SET_FD_FLAGS = 2;
    private static final int CLOSE_ON_EXEC = 1;

    private static final Functions C = link();

    private LibC() {}

    private record Functions(
            MethodHandle open,
            MethodHandle close,
            MethodHandle flock,
            MethodHandle readlink,
            MethodHandle unlink,
            MethodHandle rename,
            MethodHandle mkdir,
            MethodHandle rmdir,
            MethodHandle mount,
            MethodHandle statfs,
            MethodHandle uname,
            MethodHandle mmap,
            MethodHandle munmap,
            MethodHandle socket,
            MethodHandle sendto,
            MethodHandle bind,
            MethodHandle poll,
            MethodHandle recv,
            MethodHandle fcntl,
            MethodHandle prctl,
            MethodHandle capset,
            MethodHandle setenv,
            MethodHandle execv,
            MethodHandle if_nametoindex) {}

    private static Functions link() {
        NativeLibrary libc = NativeLibrary.libc();
        return new Functions(function(libc, "open", ADDRESS, JAVA_INT),
                function(libc, "close", JAVA_INT), function(libc, "flock", JAVA_INT, JAVA_INT),
                libc.functionWithErrno("readlink",
                        FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG)),
                function(libc, "unlink", ADDRESS), function(libc, "rename", ADDRESS, ADDRESS),
                function(libc, "mkdir", ADDRESS, JAVA_INT), function(libc, "rmdir", ADDRESS),
                function(libc, "mount", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
                function(libc, "statfs", ADDRESS, ADDRESS), function(libc, "uname", ADDRESS),
                libc.functionWithErrno("mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG,
                        JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)),
                function(libc, "munmap", JAVA_LONG, JAVA_LONG),
                function(libc, "socket", JAVA_INT, JAVA_INT, JAVA_INT),
                libc.functionWithErrno("sendto",
                        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT,
                                ADDRESS, JAVA_INT)),
                function(libc, "bind", JAVA_INT, ADDRESS, JAVA_INT),
                function(libc, "poll", ADDRESS, JAVA_LONG, JAVA_INT),
                libc.functionWithErrno("recv",
                        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)),
                function(libc, "fcntl", JAVA_INT, JAVA_INT, JAVA_INT),
                function(libc, "prctl", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                function(libc, "capset", ADDRESS, ADDRESS),
                function(libc, "setenv", ADDRESS, ADDRESS, JAVA_INT),
                function(libc, "execv", ADDRESS, ADDRESS),
                libc.function("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS)));
    }

    private static MethodHandle function(NativeLibrary libc, String name,
            MemoryLayout... arguments) {
        return libc.functionWithErrno(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /** Opens for reading; also a directory, as flock(2) wants it. */
    static int open(Path path) {
        return call((arena, errno) -> (int) C.open.invokeExact(errno, text(arena, path),
                READ_ONLY));
    }

    static int close(int fd) {
        return call((_, errno) -> (int) C.close.invokeExact(errno, fd));
    }

    /** An exclusive lock, or -EAGAIN at once. */
    static int flock(int fd) {
        return call((_, errno) -> (int) C.flock.invokeExact(errno, fd, EXCLUSIVE_OR_FAIL));
    }

    /** Writes where a symbolic link leads, with no NUL behind it; how many bytes that are. */
    static int readlink(String path, MemorySegment target) {
        return call((arena, errno) -> (int) (long) C.readlink.invokeExact(errno,
                arena.allocateFrom(path), target, target.byteSize()));
    }

    static int unlink(Path path) {
        return call((arena, errno) -> (int) C.unlink.invokeExact(errno, text(arena, path)));
    }

    static int rename(Path from, Path to) {
        return call((arena, errno) -> (int) C.rename.invokeExact(errno, text(arena, from),
                text(arena, to)));
    }

    static int mkdir(Path path, int mode) {
        return call((arena, errno) -> (int) C.mkdir.invokeExact(errno, text(arena, path), mode));
    }

    static int rmdir(Path path) {
        return call((arena, errno) -> (int) C.rmdir.invokeExact(errno, text(arena, path)));
    }

    static int mount(String source, Path target, String type, String options) {
        return call((arena, errno) -> (int) C.mount.invokeExact(errno, arena.allocateFrom(source),
                text(arena, target), arena.allocateFrom(type), 0L, arena.allocateFrom(options)));
    }

    /** The buffer takes a {@code struct statfs}. */
    static int statfs(Path path, MemorySegment buffer) {
        return call((arena, errno) -> (int) C.statfs.invokeExact(errno, text(arena, path), buffer));
    }

    /** The buffer takes a {@code struct utsname}. */
    static int uname(MemorySegment buffer) {
        return call((_, errno) -> (int) C.uname.invokeExact(errno, buffer));
    }

    /** Maps the beginning of a file into memory, shared, to be read and written; its address. */
    static long mmapForWriting(int fd, long sizeBytes) {
        return mmap(fd, sizeBytes, READ_AND_WRITE);
    }

    /** The same, to be read. */
    static long mmapForReading(int fd, long sizeBytes) {
        return mmap(fd, sizeBytes, READ);
    }

    private static long mmap(int fd, long sizeBytes, int protection) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(NativeLibrary.ERRNO_LAYOUT);
            long address = (long) C.mmap.invokeExact(errno, 0L, sizeBytes, protection,
                    MAP_SHARED, fd, 0L);
            return address == -1 ? -NativeLibrary.errno(errno) : address;
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    static int munmap(long address, long sizeBytes) {
        return call((_, errno) -> (int) C.munmap.invokeExact(errno, address, sizeBytes));
    }

    /** A socket of AF_UNIX for datagrams, closed on exec. */
    static int unixDatagramSocket() {
        return call((_, errno) -> (int) C.socket.invokeExact(errno, AF_UNIX,
                DATAGRAM_CLOSED_ON_EXEC, 0));
    }

    /** Sends one datagram, of less than 2 GiB. */
    static int sendto(int fd, MemorySegment data, MemorySegment address, int addressBytes) {
        return call((_, errno) -> (int) (long) C.sendto.invokeExact(errno, fd, data,
                data.byteSize(), NO_SIGNAL, address, addressBytes));
    }

    /** A socket of AF_NETLINK for NETLINK_ROUTE, closed on exec. */
    static int netlinkRouteSocket() {
        return call((_, errno) -> (int) C.socket.invokeExact(errno, AF_NETLINK,
                DATAGRAM_CLOSED_ON_EXEC, 0));
    }

    static int bind(int fd, MemorySegment address) {
        return call((_, errno) -> (int) C.bind.invokeExact(errno, fd, address,
                (int) address.byteSize()));
    }

    /** Waits until something can be read: 1, or 0 where the time ran out. */
    static int pollIn(int fd, int timeoutMillis) {
        return call((arena, errno) -> {
            // struct pollfd: the descriptor, the events asked for, those that are there.
            MemorySegment one = arena.allocate(Long.BYTES, Integer.BYTES);
            one.set(JAVA_INT, 0, fd);
            one.set(JAVA_SHORT, Integer.BYTES, POLLIN);
            return (int) C.poll.invokeExact(errno, one, 1L, timeoutMillis);
        });
    }

    /** One datagram, as much of it as there is room for; -EAGAIN where none is there. */
    static int receiveNow(int fd, MemorySegment buffer) {
        return call((_, errno) -> (int) (long) C.recv.invokeExact(errno, fd, buffer,
                buffer.byteSize(), DO_NOT_WAIT));
    }

    /** The descriptor does not outlive {@link #execv}. */
    static int closeOnExec(int fd) {
        return call((_, errno) -> (int) C.fcntl.invokeExact(errno, fd, SET_FD_FLAGS,
                CLOSE_ON_EXEC));
    }

    /** With one argument, the others zero. Of this thread, as {@link #capset} is. */
    static int prctl(int option, long argument) {
        return call((_, errno) -> (int) C.prctl.invokeExact(errno, option, argument, 0L, 0L, 0L));
    }

    static int capset(MemorySegment header, MemorySegment data) {
        return call((_, errno) -> (int) C.capset.invokeExact(errno, header, data));
    }

    /** For what is executed; Java's own view of the environment stays. */
    static int setenv(String name, String value) {
        return call((arena, errno) -> (int) C.setenv.invokeExact(errno, arena.allocateFrom(name),
                arena.allocateFrom(value), 1));
    }

    /** Returns only where it fails. */
    static int execv(Path program, MemorySegment arguments) {
        return call((arena, errno) -> (int) C.execv.invokeExact(errno, text(arena, program),
                arguments));
    }

    /** 0 for a name that no interface has. */
    static int if_nametoindex(String name) {
        return call((arena, _) -> (int) C.if_nametoindex.invokeExact(arena.allocateFrom(name)));
    }

    private interface Call {
        int invoke(Arena arena, MemorySegment errno) throws Throwable;
    }

    private static int call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(NativeLibrary.ERRNO_LAYOUT);
            int result = call.invoke(arena, errno);
            return result < 0 ? -NativeLibrary.errno(errno) : result;
        } catch (Throwable e) {
            throw NativeLibrary.impossible(e);
        }
    }

    private static MemorySegment text(Arena arena, Path path) {
        return arena.allocateFrom(path.toString());
    }
}
