package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Sends datagrams to a service manager, as sd_notify(3) says; Java's own channels have no datagrams for unix sockets. */
public final class NotifySocket {
    /** {@code sun_path} of {@code struct sockaddr_un}, behind the two bytes of the family. */
    private static final int PATH_BYTES = 108;
    private static final short AF_UNIX = 1;

    private NotifySocket() {}

    /**
     * Sends one datagram.
     *
     * @param address the path of a socket, or a name in the abstract name space behind an {@code @}
     * @throws KernelException EINVAL for an address that is neither, ENOENT and ECONNREFUSED where nobody listens
     */
    public static void send(String address, String message) throws KernelException {
        String operation = "notify the service manager at " + address;
        byte[] path = address.getBytes(StandardCharsets.UTF_8);
        boolean named = !address.isEmpty() && (path[0] == '/' || path[0] == '@');
        if (!named || path.length >= PATH_BYTES) {
            throw new KernelException(operation, Errno.EINVAL,
                    "NOTIFY_SOCKET must be an absolute path or @NAME of less than 108 bytes");
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        int fd = LibC.unixDatagramSocket();
        if (fd < 0) {
            throw new KernelException(operation, -fd);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment socketAddress = arena.allocate(Short.BYTES + PATH_BYTES);
            socketAddress.set(JAVA_SHORT, 0, AF_UNIX);
            MemorySegment.copy(path, 0, socketAddress, JAVA_BYTE, Short.BYTES, path.length);
            byte[] data = message.getBytes(StandardCharsets.UTF_8);
            int sent = LibC.sendto(fd, arena.allocateFrom(JAVA_BYTE, data), socketAddress,
                    Short.BYTES + path.length);
            if (sent < 0) {
                throw new KernelException(operation, -sent);
            }
        } finally {
            LibC.close(fd);
        }
    }
}
