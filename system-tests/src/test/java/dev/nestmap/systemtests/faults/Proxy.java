package dev.nestmap.systemtests.faults;

import dev.nestmap.systemtests.rig.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Stands before an address and hands on what comes, unless it is told not to. A stalled link loses nothing, as TCP does not. */
final class Proxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 << 10;
    private static final Duration LONGEST_STALL = Duration.ofMinutes(5);

    private final String target;
    private final ServerSocket listener;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile Predicate<Link> stalled = link -> false;

    Proxy(String target) {
        this(target, listener(Processes.freeAddress()));
    }

    /** One that hands on what comes to a socket that listens elsewhere, which it closes in the end. */
    Proxy(String target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
        Thread.ofVirtual().name("proxy of " + target).start(this::accept);
    }

    private static ServerSocket listener(String address) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(socketAddress(address));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException("listen at " + address, e);
        }
    }

    /** A connection through the proxy. */
    final class Link {
        private final Socket near;
        private final Socket far;
        private volatile long stalledUntilNanos = System.nanoTime();

        private Link(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        /** The port of whoever connected. */
        int port() {
            return near.getPort();
        }

        /** The port that it connected to: the proxy's own. */
        int remotePort() {
            return near.getLocalPort();
        }

        /** Nothing is handed on for so long. */
        void stall(Duration time) {
            stalledUntilNanos = System.nanoTime() + time.toNanos();
        }

        void cut() {
            links.remove(this);
            close(near);
            close(far);
        }

        private boolean isStalled() {
            return System.nanoTime() - stalledUntilNanos < 0 || stalled.test(this);
        }

        private void pump(Socket from, Socket to) {
            byte[] chunk = new byte[CHUNK_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    if (isStalled()) {
                        Await.until(LONGEST_STALL, () -> !isStalled(), () -> "still stalled");
                    }
                    out.write(chunk, 0, read);
                }
            } catch (IOException e) {
                // One side is gone, so the other goes too.
            } finally {
                cut();
            }
        }
    }

    /** host:port to connect to. */
    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    List<Link> links() {
        return links;
    }

    /** From now on these links hand on nothing, until this is called again. */
    void stallWhere(Predicate<Link> which) {
        stalled = which;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close the proxy of " + target, e);
        } finally {
            links.forEach(Link::cut);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // Closed, or whoever connected is gone again.
            }
        }
    }

    private void connect(Socket near) {
        Socket far = new Socket();
        try {
            far.connect(socketAddress(target));
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
        } catch (IOException e) {
            close(near);
            close(far);
            return;
        }
        Link link = new Link(near, far);
        links.add(link);
        Thread.ofVirtual().start(() -> link.pump(near, far));
        Thread.ofVirtual().start(() -> link.pump(far, near));
    }

    private static InetSocketAddress socketAddress(String address) {
        int colon = address.lastIndexOf(':');
        return new InetSocketAddress(InetAddress.getLoopbackAddress(),
                Integer.parseInt(address.substring(colon + 1)));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }
}
