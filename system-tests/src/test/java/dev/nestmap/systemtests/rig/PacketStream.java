package dev.nestmap.systemtests.rig;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Numbered UDP packets at a steady rate from a namespace, from number 0 on, until stopped. The
 * sender ends by itself when this process dies.
 */
public final class PacketStream implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Running sender;

    private PacketStream(Running sender) {
        this.sender = sender;
    }

    /**
     * Starts a stream.
     *
     * @param priority IP precedence, 0 to 7
     */
    public static PacketStream start(Namespace from, String address, int port, int packetsPerSecond,
            int priority) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new PacketStream(from.command(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-cp",
                "target/test-classes", UdpSender.class.getName(), address, Integer.toString(port),
                Integer.toString(packetsPerSecond), Integer.toString(priority)).start());
    }

    /** Stops and returns how many packets were sent: their numbers are 0 to one less. */
    public int stop() {
        sender.closeInput();
        int status = sender.awaitExit(PATIENCE);
        if (status != 0) {
            throw new AssertionError(
                    "the sender ended with status " + status + "\n" + sender.err());
        }
        return Integer.parseInt(sender.out().strip().substring("sent ".length()));
    }

    @Override
    public void close() {
        sender.close();
    }
}
