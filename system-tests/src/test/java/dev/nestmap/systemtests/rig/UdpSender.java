package dev.nestmap.systemtests.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * The program behind {@link PacketStream}: sends numbered datagrams at a steady rate until its
 * standard input ends, then prints how many.
 */
final class UdpSender {
    private UdpSender() {}

    /** Arguments: address, port, packets per second, IP precedence. */
    public static void main(String[] arguments) throws IOException {
        InetSocketAddress target = new InetSocketAddress(arguments[0],
                Integer.parseInt(arguments[1]));
        long intervalNanos = 1_000_000_000L / Integer.parseInt(arguments[2]);
        Thread input = Thread.ofPlatform().name("input").daemon().start(UdpSender::awaitEndOfInput);
        // Not connected, so that an ICMP answer is not taken for an error of sending.
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.setOption(StandardSocketOptions.IP_TOS, Integer.parseInt(arguments[3]) << 5);
            ByteBuffer payload = ByteBuffer.allocate(Integer.BYTES);
            int sent = 0;
            long dueNanos = System.nanoTime();
            while (input.isAlive()) {
                channel.send(payload.clear().putInt(sent++).flip(), target);
                dueNanos = Math.max(dueNanos + intervalNanos, System.nanoTime());
                for (long now = System.nanoTime(); now < dueNanos; now = System.nanoTime()) {
                    LockSupport.parkNanos(dueNanos - now);
                }
            }
            System.out.println("sent " + sent);
        }
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // What is said does not matter.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
