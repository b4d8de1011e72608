package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.state.FleetState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for conditions, each with a deadline, and what tests of members share besides. */
final class Waits {
    private static final long DEADLINE_SECONDS = 20;

    private Waits() {}

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /** What a future failed with. */
    static Throwable failure(CompletableFuture<?> future) {
        ExecutionException e = assertThrows(ExecutionException.class,
                () -> future.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
        return Objects.requireNonNull(e.getCause());
    }

    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> "not within the deadline: " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Equal in everything that is replicated. */
    static boolean equalStates(FleetState a, FleetState b) {
        return a.revision() == b.revision() && a.lastMapId() == b.lastMapId()
                && a.elementCount() == b.elementCount() && a.maps().sameContents(b.maps())
                && a.names().sameContents(b.names()) && a.nodes().sameContents(b.nodes())
                && a.answers().lastSequence() == b.answers().lastSequence()
                && a.answers().byRequest().sameContents(b.answers().byRequest())
                && a.answers().bySequence().sameContents(b.answers().bySequence())
                && a.answers().marks().equals(b.answers().marks());
    }

    /** All at once: Ratis takes a second for each. */
    static void closeAll(Collection<Consensus> members) {
        CompletableFuture<?>[] closed = members.stream()
                .map(member -> CompletableFuture.runAsync(member::close,
                        task -> Thread.ofVirtual().start(task)))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(closed).orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
    }

    static List<String> freeAddresses(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            addresses.add("127.0.0.1:" + socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return addresses;
    }
}
