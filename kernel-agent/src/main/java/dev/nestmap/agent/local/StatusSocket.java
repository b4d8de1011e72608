package dev.nestmap.agent.local;

import dev.nestmap.proto.v1.AgentStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix socket that writes one message, behind its length, to whoever connects, and closes: nothing is read, so nothing can be
 * asked of it. A few that do not read what they asked for are waited for some seconds; more are turned away meanwhile.
 */
public final class StatusSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusSocket.class);
    private static final int MOST_CONNECTIONS = 16;
    private static final int BACKLOG = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path path;
    private final ServerSocketChannel socket;
    private final Supplier<AgentStatus> status;
    private final Duration patience;
    private final Semaphore room = new Semaphore(MOST_CONNECTIONS);

    private StatusSocket(Path path, ServerSocketChannel socket, Supplier<AgentStatus> status,
            Duration patience) {
        this.path = path;
        this.socket = socket;
        this.status = status;
        this.patience = patience;
    }

    /**
     * Listens, in place of a socket that an agent before left there.
     *
     * @param path in a directory that is there and belongs to this agent alone
     * @param status asked in a thread of each connection
     * @throws IOException where it cannot listen there; a path of more than about 100 bytes is too long for a socket
     */
    public static StatusSocket open(Path path, Supplier<AgentStatus> status) throws IOException {
        return open(path, status, PATIENCE);
    }

    static StatusSocket open(Path path, Supplier<AgentStatus> status, Duration patience)
            throws IOException {
        Files.deleteIfExists(path);
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean listens = false;
        try {
            socket.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            // Until here the directory kept others away.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            listens = true;
        } finally {
            if (!listens) {
                socket.close();
            }
        }
        StatusSocket opened = new StatusSocket(path, socket, status, patience);
        Thread.ofPlatform()
                .name("nestmap-status")
                .daemon()
                .uncaughtExceptionHandler((_, failure) -> LOG
                        .error("the agent no longer says how it stands at {}", path, failure))
                .start(opened::accept);
        return opened;
    }

    /**
     * Asks the agent that listens at a path, and waits some seconds for the whole answer.
     *
     * @throws IOException where none comes; the message says why
     */
    public static AgentStatus ask(Path path) throws IOException {
        return ask(path, PATIENCE);
    }

    static AgentStatus ask(Path path, Duration patience) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Deadline _ = Deadline.of(channel, patience)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            AgentStatus answer = AgentStatus
                    .parseDelimitedFrom(Channels.newInputStream(channel));
            if (answer == null) {
                throw new IOException("too many ask it at this moment");
            }
            return answer;
        } catch (ClosedChannelException e) {
            throw new IOException("it did not answer within " + patience.toMillis() + " ms", e);
        }
    }

    private void accept() {
        while (socket.isOpen()) {
            try {
                SocketChannel connection = socket.accept();
                if (room.tryAcquire()) {
                    Thread.ofVirtual()
                            .name("nestmap-status-answer")
                            .start(() -> answer(connection));
                } else {
                    connection.close();
                }
            } catch (ClosedChannelException closed) {
                LOG.debug("{} is closed", path, closed);
            } catch (IOException e) {
                // No descriptor is free, perhaps: that passes.
                LOG.warn("{}: {}", path, e.toString());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void answer(SocketChannel connection) {
        try (connection; Deadline _ = Deadline.of(connection, patience)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            status.get().writeDelimitedTo(bytes);
            ByteBuffer message = ByteBuffer.wrap(bytes.toByteArray());
            while (message.hasRemaining()) {
                connection.write(message);
            }
        } catch (IOException e) {
            LOG.debug("whoever asked went away", e);
        } finally {
            room.release();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{}: {}", path, e.toString());
        }
    }
}
