package dev.nestmap.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.proto.v1.AgentStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatusSocketTest {
    private static final AgentStatus STATUS = AgentStatus.newBuilder().setNode("host1").build();

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("status");
    }

    @Test
    void whoeverConnectsIsToldAndOnlyItsUserCan() throws Exception {
        try (StatusSocket _ = StatusSocket.open(path(), () -> STATUS)) {
            assertEquals(STATUS, StatusSocket.ask(path()));
            assertEquals(STATUS, StatusSocket.ask(path()));
            assertEquals("rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
        }
        assertFalse(Files.exists(path()));
        assertThrows(NoSuchFileException.class, () -> StatusSocket.ask(path()));
    }

    @Test
    void aSocketThatAKilledAgentLeftIsTakenOver() throws Exception {
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path()))
                .close();
        assertThrows(IOException.class, () -> StatusSocket.ask(path()));
        try (StatusSocket _ = StatusSocket.open(path(), () -> STATUS)) {
            assertEquals(STATUS, StatusSocket.ask(path()));
        }
    }

    @Test
    void aPathTooLongForASocketIsSaidSo() {
        Path far = directory.resolve("x".repeat(120));
        assertThrows(IOException.class, () -> StatusSocket.open(far, () -> STATUS));
    }

    @Test
    void someWhoDoNotReadKeepNobodyElseFromAsking() throws Exception {
        AgentStatus large = AgentStatus.newBuilder().setNode("x".repeat(4 << 20)).build();
        List<SocketChannel> lazy = new ArrayList<>();
        try (StatusSocket _ = StatusSocket.open(path(), () -> large)) {
            for (int i = 0; i < 8; i++) {
                lazy.add(SocketChannel.open(UnixDomainSocketAddress.of(path())));
            }
            assertEquals(large, StatusSocket.ask(path()));
        } finally {
            for (SocketChannel channel : lazy) {
                channel.close();
            }
        }
    }

    @Test
    void thoseWhoNeverReadAreLeftSoThatOthersCanAskAgain() throws Exception {
        AgentStatus large = AgentStatus.newBuilder().setNode("x".repeat(4 << 20)).build();
        List<SocketChannel> lazy = new ArrayList<>();
        try (StatusSocket _ = StatusSocket.open(path(), () -> large, Duration.ofMillis(100))) {
            for (int i = 0; i < 16; i++) {
                lazy.add(SocketChannel.open(UnixDomainSocketAddress.of(path())));
            }
            assertEquals(large, answerInTheEnd());
        } finally {
            for (SocketChannel channel : lazy) {
                channel.close();
            }
        }
    }

    private AgentStatus answerInTheEnd() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                return StatusSocket.ask(path());
            } catch (IOException e) {
                assertTrue(System.nanoTime() < deadline, e.toString());
                Thread.sleep(10);
            }
        }
    }

    @Test
    void anAgentThatIsStoppedIsNotWaitedForForEver() throws Exception {
        try (ServerSocketChannel stopped = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stopped.bind(UnixDomainSocketAddress.of(path()));
            IOException e = assertThrows(IOException.class,
                    () -> StatusSocket.ask(path(), Duration.ofMillis(100)));
            assertEquals("it did not answer within 100 ms", e.getMessage());
        }
    }

    @Test
    void beingTurnedAwayIsNoAnswer() throws Exception {
        try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(UnixDomainSocketAddress.of(path()));
            Thread turnsAway = Thread.ofPlatform().start(() -> {
                try {
                    busy.accept().close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            IOException e = assertThrows(IOException.class, () -> StatusSocket.ask(path()));
            assertEquals("too many ask it at this moment", e.getMessage());
            turnsAway.join();
        }
    }
}
