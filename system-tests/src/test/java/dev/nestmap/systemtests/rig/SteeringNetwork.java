package dev.nestmap.systemtests.rig;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/**
 * A source that sends to one service address, hosts A and B that both have it, and a router between
 * them that has it too, so that a frame can be handed on unchanged:
 *
 * <pre>
 *   source eth0 ---- uplink router to_a ---- eth0 hostA
 *                                  to_b ---- eth0 hostB
 * </pre>
 *
 * The program under test is attached to the router's {@code uplink}. A recorder sits behind {@code
 * uplink} (packets that the program passed up) and behind {@code eth0} of each host.
 */
public final class SteeringNetwork implements AutoCloseable {
    /** Where the source sends to. */
    public static final String SERVICE_ADDRESS = "10.77.0.2";

    /** The port to which {@link #send} sends. */
    public static final int SERVICE_PORT = 7777;

    private static final String SERVICE_HARDWARE_ADDRESS = "02:00:00:00:00:02";
    private static final Duration ARRIVAL = Duration.ofSeconds(10);

    private final NetworkNamespaces namespaces = new NetworkNamespaces();
    private final Namespace source;
    private final Namespace router;
    private final Recorder hostA;
    private final Recorder hostB;
    private final Recorder passedUp;

    /** Builds the network; the recorders are pinned in the given filesystem. */
    public SteeringNetwork(BpfFilesystem pins) {
        try {
            source = namespaces.add("source");
            router = namespaces.add("router");
            Namespace a = namespaces.add("a");
            Namespace b = namespaces.add("b");
            namespaces.join(source, "eth0", router, "uplink");
            namespaces.join(router, "to_a", a, "eth0");
            namespaces.join(router, "to_b", b, "eth0");
            source.address("eth0", "10.77.0.1/24");
            source.neighbour("eth0", SERVICE_ADDRESS, SERVICE_HARDWARE_ADDRESS);
            passedUp = serve(pins, router, "uplink");
            hostA = serve(pins, a, "eth0");
            hostB = serve(pins, b, "eth0");
            BpfProgram pass = BpfProgram.load("pass", pins.folder("network").resolve("pass"),
                    pins.folder("network"));
            pass.attachXdp(a, "eth0");
            pass.attachXdp(b, "eth0");
        } catch (RuntimeException | Error e) {
            namespaces.close();
            throw e;
        }
    }

    private static Recorder serve(BpfFilesystem pins, Namespace host, String device) {
        host.hardwareAddress(device, SERVICE_HARDWARE_ADDRESS);
        host.address(device, SERVICE_ADDRESS + "/24");
        return Recorder.attach(pins, host, device);
    }

    /** Where packets come from. */
    public Namespace source() {
        return source;
    }

    /** Where the program under test runs, with devices {@code uplink}, {@code to_a} and {@code to_b}. */
    public Namespace router() {
        return router;
    }

    /** What reached host A. */
    public Recorder hostA() {
        return hostA;
    }

    /** What reached host B. */
    public Recorder hostB() {
        return hostB;
    }

    /** What the program under test left to the router itself. */
    public Recorder passedUp() {
        return passedUp;
    }

    /** Starts a stream to the service with IP precedence 0. */
    public PacketStream send(int packetsPerSecond) {
        return PacketStream.start(source, SERVICE_ADDRESS, SERVICE_PORT, packetsPerSecond, 0);
    }

    /**
     * Returns once as many packets as were sent have arrived in all, and asserts that each came once
     * and at one place.
     *
     * @param sent what {@link PacketStream#stop()} returned
     */
    public void assertEachArrivedOnce(int sent) {
        List<Recorder> places = List.of(hostA, hostB, passedUp);
        Await.until(ARRIVAL, () -> places.stream().mapToLong(Recorder::received).sum() >= sent,
                () -> "sent " + sent + ", arrived " + this);
        BitSet everywhere = new BitSet();
        for (Recorder place : places) {
            BitSet here = place.sequences();
            if (place.repeated() != 0 || here.intersects(everywhere)) {
                throw new AssertionError("packets came twice: " + this);
            }
            everywhere.or(here);
        }
        if (everywhere.cardinality() != sent || everywhere.length() != sent) {
            throw new AssertionError(
                    "sent " + sent + ", first missing " + everywhere.nextClearBit(0) + ": " + this);
        }
    }

    @Override
    public void close() {
        namespaces.close();
    }

    @Override
    public String toString() {
        return "host A " + hostA.received() + ", host B " + hostB.received() + ", passed up "
                + passedUp.received();
    }
}
