package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.agent.ServiceManager;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service manager hears. */
final class NotifySocketTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void theServiceManagerHearsWhatIsSaid(String kind) throws Throwable {
        String address = kind.equals("path")
                ? temporary.resolve("notify").toString()
                : "@nestmap-test-" + ProcessHandle.current().pid();
        try (Listener listener = new Listener(address)) {
            ServiceManager manager = new ServiceManager(Optional.of(address));
            manager.ready("3 maps,\n1 not as desired");
            assertEquals("READY=1\nSTATUS=3 maps, 1 not as desired", listener.receive());
            manager.stopping();
            assertEquals("STOPPING=1", listener.receive());
        }
    }

    @Test
    void whoeverIsNotThereOrNoSocketIsSaid() {
        KernelUnderTest.assertRefused(Errno.ENOENT,
                () -> NotifySocket.send(temporary.resolve("none").toString(), "READY=1"));
        KernelUnderTest.assertRefused(Errno.EINVAL, () -> NotifySocket.send("none", "READY=1"));
        KernelUnderTest.assertRefused(Errno.EINVAL, () -> NotifySocket.send("", "READY=1"));
        KernelUnderTest.assertRefused(Errno.EINVAL,
                () -> NotifySocket.send("/" + "x".repeat(200), "READY=1"));
        // A service manager that went away is no reason to end.
        new ServiceManager(Optional.of(temporary.resolve("none").toString())).ready("");
        new ServiceManager(Optional.empty()).ready("");
    }

    /** A bound socket for datagrams. */
    private static final class Listener implements AutoCloseable {
        private static final int LIMIT = 4096;

        private final int fd = LibC.unixDatagramSocket();

        Listener(String address) throws Throwable {
            byte[] path = address.getBytes(StandardCharsets.UTF_8);
            if (path[0] == '@') {
                path[0] = 0;
            }
            MethodHandle bind = NativeLibrary.libc()
                    .function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment name = arena.allocate(2 + path.length);
                name.set(JAVA_SHORT, 0, (short) 1);
                MemorySegment.copy(path, 0, name, JAVA_BYTE, 2, path.length);
                assertEquals(0, (int) bind.invokeExact(fd, name, 2 + path.length));
            }
        }

        String receive() throws Throwable {
            MethodHandle recv = NativeLibrary.libc()
                    .function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS,
                            JAVA_LONG, JAVA_INT));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment data = arena.allocate(LIMIT);
                long size = (long) recv.invokeExact(fd, data, (long) LIMIT, 0);
                return new String(data.asSlice(0, size).toArray(JAVA_BYTE),
                        StandardCharsets.UTF_8);
            }
        }

        @Override
        public void close() {
            LibC.close(fd);
        }
    }
}
