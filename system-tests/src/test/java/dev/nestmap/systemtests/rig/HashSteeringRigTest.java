package dev.nestmap.systemtests.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hash of maps of the rig, against bpftool alone. */
class HashSteeringRigTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int XDP_DROP = 1;

    @ParameterizedTest
    @ValueSource(strings = {"0", "BPF_F_NO_PREALLOC"})
    void aPolicyDropsThePacketsOfItsDestinationAsLongAsItIsInTheHash(String outerFlags) {
        try (BpfFilesystem pins = new BpfFilesystem();
                SteeringNetwork network = new SteeringNetwork(pins)) {
            Path maps = pins.folder("maps");
            KernelMap drop = KernelMap.create(maps.resolve("drop"),
                    "type array key 4 value 4 entries 1");
            drop.update(Bytes.u32le(0), Bytes.u32le(XDP_DROP));
            // Of the outer map the program's own definition is used: nothing is pinned under its name yet.
            BpfProgram program = BpfProgram.load("hash_steering", pins.root().resolve("p"), maps,
                    "OUTER_FLAGS=" + outerFlags);
            program.attachXdp(network.router(), "uplink");
            KernelMap outer = KernelMap.pinned(maps.resolve("steering"));
            KernelMap steered = program.map("steered");
            try (PacketStream stream = network.send(1000)) {
                Await.until(SOON, () -> network.passedUp().received() > 20, network::toString);
                outer.put(serviceKey(), drop);
                Await.until(SOON, () -> steered.number(1) > 20,
                        () -> steered.elements().toString());
                outer.delete(serviceKey());
                long before = network.passedUp().received();
                Await.until(SOON, () -> network.passedUp().received() > before + 20,
                        network::toString);
                int sent = stream.stop();
                Await.until(SOON, () -> steered.number(1) + network.passedUp().received() == sent,
                        network::toString);
            }
            assertEquals(0, steered.number(2));
        }
    }

    // The address and the port as they are in the packet, then two zeros.
    private static Bytes serviceKey() {
        String[] address = SteeringNetwork.SERVICE_ADDRESS.split("\\.", -1);
        ByteBuffer key = ByteBuffer.allocate(8);
        for (String part : address) {
            key.put((byte) Integer.parseInt(part));
        }
        return Bytes.wrap(key.putShort((short) SteeringNetwork.SERVICE_PORT).array());
    }
}
