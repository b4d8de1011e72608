package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;

/** Sockets of this process in network namespaces of the test: a socket stays in the namespace in which its thread made it. */
@SuppressWarnings("restricted")
final class NamespaceSockets {
    private static final int CLONE_NEWNET = 0x40000000;

    private NamespaceSockets() {}

    /** Listens on the loopback device of a namespace. The thread that enters the namespace ends in it. */
    static ServerSocket listen(Namespace namespace, int port) {
        CompletableFuture<ServerSocket> made = new CompletableFuture<>();
        Thread.ofPlatform().name("listen in " + namespace.name()).start(() -> {
            try {
                enter(namespace);
                ServerSocket socket = new ServerSocket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                made.complete(socket);
            } catch (IOException e) {
                made.completeExceptionally(new UncheckedIOException(e));
            } catch (Throwable e) {
                made.completeExceptionally(e);
            }
        });
        return made.join();
    }

    private static void enter(Namespace namespace) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("open"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        MethodHandle setns = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setns"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/run/netns/" + namespace.name());
            int fd = (int) open.invokeExact(path, 0);
            int result = (int) setns.invokeExact(fd, CLONE_NEWNET);
            if (fd < 0 || result != 0) {
                throw new IOException("cannot enter " + namespace);
            }
        }
    }
}
