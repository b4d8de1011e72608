package dev.nestmap.systemtests.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packet rig against bpftool alone: what it says of the kernel must hold before Nestmap is tried by it. */
class PacketRigTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Bytes SLOT = Bytes.u32le(0);
    private static final int PACKETS_PER_SECOND = 2000;

    private BpfFilesystem pins;
    private SteeringNetwork network;
    private KernelMap outer;
    private KernelMap devicesOfA;
    private KernelMap devicesOfB;

    @BeforeEach
    void pinAnArrayOfDevmapsAndLetTheProgramFindItByName() {
        pins = new BpfFilesystem();
        network = new SteeringNetwork(pins);
        Path maps = pins.folder("maps");
        devicesOfA = devmap(maps.resolve("devices_a"), "to_a");
        devicesOfB = devmap(maps.resolve("devices_b"), "to_b");
        outer = KernelMap.create(maps.resolve("outer_map"),
                "type array_of_maps key 4 value 4 entries 8", devicesOfA);
        BpfProgram.load("redirect_by_priority", pins.root().resolve("redirect"), maps)
                .attachXdp(network.router(),
                        "uplink");
    }

    @AfterEach
    void removeNetworkAndPins() {
        try (BpfFilesystem _ = pins; SteeringNetwork _ = network) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    private KernelMap devmap(Path pin, String device) {
        KernelMap map = KernelMap.create(pin, "type devmap key 4 value 4 entries 10");
        map.updateIn(network.router(), Bytes.u32le(0),
                Bytes.u32le(network.router().indexOf(device)));
        return map;
    }

    @Test
    void packetsGoWhereTheDevmapInTheSlotSaysAndUpWithoutOne() {
        try (PacketStream stream = network.send(PACKETS_PER_SECOND)) {
            awaitMore(network.passedUp());
            outer.put(SLOT, devicesOfA);
            awaitMore(network.hostA());
            assertEquals(0, network.hostB().received());
            outer.put(SLOT, devicesOfB);
            awaitMore(network.hostB());
            outer.delete(SLOT);
            awaitMore(network.passedUp());
            network.assertEachArrivedOnce(stream.stop());
        }
    }

    @Test
    void noPacketIsLostOrGoesElsewhereDuringTwoHundredSwaps() {
        outer.put(SLOT, devicesOfA);
        try (PacketStream stream = network.send(PACKETS_PER_SECOND)) {
            awaitMore(network.hostA());
            for (int swap = 0; swap < 200; swap++) {
                outer.put(SLOT, swap % 2 == 0 ? devicesOfB : devicesOfA);
            }
            network.assertEachArrivedOnce(stream.stop());
        }
        assertEquals(0, network.passedUp().received());
        assertTrue(network.hostB().received() > 0);
    }

    @Test
    void theProgramUsesTheMapThatIsPinnedUnderItsName() {
        assertEquals(outer.id(),
                new BpfProgram(pins.root().resolve("redirect")).map("outer_map").id());
    }

    private void awaitMore(Recorder recorder) {
        long before = recorder.received();
        Await.until(SOON, () -> recorder.received() > before + 20, network::toString);
    }
}
