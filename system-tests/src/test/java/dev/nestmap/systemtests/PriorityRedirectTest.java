package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.PacketStream;
import dev.nestmap.systemtests.rig.Recorder;
import dev.nestmap.systemtests.rig.Shell;
import dev.nestmap.systemtests.rig.SteeringNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The XDP example of the kernel's text on maps of maps, on real packets, with its array of devmaps in Nestmap's hands. The
 * array is shared with the program's loader (libbpf) through its pin, whichever of the two was first.
 */
class PriorityRedirectTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PACKETS_PER_SECOND = 2000;
    private static final int SWAPS = 200;
    private static final int ENOUGH_PACKETS = 20;
    private static final String DEVMAP = "map create type devmap key 4 value 4 entries 10 placement none name ";
    private static final String SLOT = "map update name outer_map key 0 0 0 0 value name ";

    @TempDir
    private Path data;
    private BpfFilesystem pins;
    private SteeringNetwork network;

    @BeforeEach
    void buildTheNetwork() {
        pins = new BpfFilesystem();
        network = new SteeringNetwork(pins);
    }

    @AfterEach
    void removeNetworkAndPins() {
        try (BpfFilesystem _ = pins; SteeringNetwork _ = network) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    @Test
    void packetsGoWhereNestmapSaysWhenNestmapMadeTheMapBeforeTheLoader() {
        try (Nestmap nestmap = startNestmap(); Shell shell = nestmap.shell()) {
            defineMaps(shell);
            int made = nestmap.kernelMap("outer_map").id();
            BpfProgram program = loadProgram();
            assertEquals(made, program.map("outer_map").id());
            steerPackets(nestmap, shell);
        }
    }

    @Test
    void packetsGoWhereNestmapSaysWhenTheLoaderMadeTheMapBeforeNestmap() {
        BpfProgram program = loadProgram();
        int made = program.map("outer_map").id();
        try (Nestmap nestmap = startNestmap(); Shell shell = nestmap.shell()) {
            defineMaps(shell);
            assertEquals(made, nestmap.kernelMap("outer_map").id());
            steerPackets(nestmap, shell);
            assertEquals(made, nestmap.kernelMap("outer_map").id());
        }
    }

    @Test
    void noPacketIsLostOrGoesElsewhereDuringTwoHundredSwaps() {
        try (Nestmap nestmap = startNestmap(); Shell shell = nestmap.shell()) {
            defineMaps(shell);
            loadProgram();
            putAndAwait(shell, "devices_a");
            try (PacketStream stream = network.send(PACKETS_PER_SECOND)) {
                awaitMore(network.hostA());
                long started = System.nanoTime();
                for (int swap = 0; swap < SWAPS; swap++) {
                    putAndAwait(shell, swap % 2 == 0 ? "devices_b" : "devices_a");
                }
                long millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
                int sent = stream.stop();
                network.assertEachArrivedOnce(sent);
                int changes = changesOfDirection(sent);
                System.out.printf("%d swaps in %d ms, %d packets: %s, %d changes of direction%n",
                        SWAPS, millis, sent, network, changes);
                // On a busy machine nothing may be sent between two swaps: not each of them has to be seen.
                assertTrue(changes > SWAPS / 2 && changes <= SWAPS, "seen: " + changes);
            }
        }
        assertEquals(0, network.passedUp().received());
    }

    private Nestmap startNestmap() {
        return Nestmap.devIn(network.router(), pins.folder("nestmap"), data.resolve("store"));
    }

    private static void defineMaps(Shell shell) {
        shell.run(DEVMAP + "devices_a");
        shell.run(DEVMAP + "devices_b");
        shell.run("map update name devices_a key 0 0 0 0 value ifindex to_a");
        shell.run("map update name devices_b key 0 0 0 0 value ifindex to_b");
        shell.run("map create type array_of_maps key 4 value 4 entries 8 name outer_map"
                + " inner_map name devices_a");
        awaitApplied(shell);
    }

    private BpfProgram loadProgram() {
        BpfProgram program = BpfProgram.load("redirect_by_priority",
                pins.root().resolve("redirect"), pins.folder("nestmap/default"));
        program.attachXdp(network.router(), "uplink");
        return program;
    }

    private void steerPackets(Nestmap nestmap, Shell shell) {
        putAndAwait(shell, "devices_a");
        try (PacketStream stream = network.send(PACKETS_PER_SECOND)) {
            awaitMore(network.hostA());
            assertEquals(0, network.hostB().received() + network.passedUp().received());
            nestmap.command((SLOT + "devices_b").split(" ", -1)).run();
            awaitMore(network.hostB());
            assertEquals(0, network.passedUp().received());
            nestmap.command("map", "delete", "name", "outer_map", "key", "0", "0", "0", "0").run();
            awaitMore(network.passedUp());
            network.assertEachArrivedOnce(stream.stop());
        }
        // By their numbers: first all packets of A, then all of B, then all that were passed up.
        BitSet atA = network.hostA().sequences();
        BitSet atB = network.hostB().sequences();
        assertEquals(atA.length(), atA.nextClearBit(0));
        assertEquals(atB.length(), atB.nextClearBit(atA.length()));
        assertEquals(atB.length(), network.passedUp().sequences().nextSetBit(0));
    }

    private static void putAndAwait(Shell shell, String inner) {
        shell.run(SLOT + inner);
        awaitApplied(shell);
    }

    private static void awaitApplied(Shell shell) {
        shell.run("map wait name outer_map --for=applied");
    }

    private void awaitMore(Recorder recorder) {
        long before = recorder.received();
        Await.until(SOON, () -> recorder.received() > before + ENOUGH_PACKETS,
                network::toString);
    }

    /** How often a packet went to the other host than the one sent before it. */
    private int changesOfDirection(int sent) {
        BitSet atB = network.hostB().sequences();
        int changes = 0;
        for (int sequence = 1; sequence < sent; sequence++) {
            if (atB.get(sequence) != atB.get(sequence - 1)) {
                changes++;
            }
        }
        return changes;
    }
}
