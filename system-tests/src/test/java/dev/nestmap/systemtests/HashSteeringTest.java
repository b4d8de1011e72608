package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.PacketStream;
import dev.nestmap.systemtests.rig.Shell;
import dev.nestmap.systemtests.rig.SteeringNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HASH_OF_MAPS with 8-byte keys, looked up by a program on packets, and its update flags beside the kernel's. */
class HashSteeringTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PACKETS_PER_SECOND = 1000;
    private static final int ENOUGH_PACKETS = 20;
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;
    // What the program counts packets as.
    private static final int DROPPED = 1;
    private static final int OTHER_ACTION = 2;
    // 10.77.0.2, port 7777, two zeros, as they are in the packet.
    private static final String SERVICE = "10 77 0 2 30 97 0 0";
    private static final String NEIGHBOUR = "10 77 0 3 30 97 0 0";
    private static final String THIRD = "10 77 0 4 30 97 0 0";

    @TempDir
    private Path data;

    @ParameterizedTest
    @CsvSource({"0,0", "BPF_F_NO_PREALLOC,1"})
    void packetsMeetThePolicyOfTheirDestinationAsLongAsItIsInTheHash(String programFlags,
            int flags) {
        try (BpfFilesystem pins = new BpfFilesystem();
                SteeringNetwork network = new SteeringNetwork(pins);
                Nestmap nestmap = Nestmap.devIn(network.router(), pins.folder("nestmap"),
                        data.resolve("store"));
                Shell shell = nestmap.shell()) {
            define(shell, flags);
            int made = nestmap.kernelMap("steering").id();
            BpfProgram program = BpfProgram.load("hash_steering", pins.root().resolve("p"),
                    pins.folder("nestmap/default"), "OUTER_FLAGS=" + programFlags);
            assertEquals(made, program.map("steering").id());
            KernelMap steered = program.map("steered");
            program.attachXdp(network.router(), "uplink");
            put(shell, NEIGHBOUR, "drop");
            try (PacketStream stream = network.send(PACKETS_PER_SECOND)) {
                awaitMorePassedUp(network);
                assertEquals(0, steered.number(DROPPED));
                put(shell, SERVICE, "drop");
                awaitMore(steered, DROPPED);
                put(shell, SERVICE, "pass");
                awaitMore(steered, OTHER_ACTION);
                shell.run("map delete name steering key " + SERVICE);
                shell.run("map wait name steering --for=applied");
                long judged = steered.number(DROPPED) + steered.number(OTHER_ACTION);
                awaitMorePassedUp(network);
                assertEquals(judged, steered.number(DROPPED) + steered.number(OTHER_ACTION));
                int sent = stream.stop();
                Await.until(SOON,
                        () -> steered.number(DROPPED) + network.passedUp().received() == sent,
                        () -> "sent " + sent + ", dropped " + steered.number(DROPPED) + ", "
                                + network);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void noexistAndExistDoWhatTheyDoInTheKernel(int flags) {
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
                Shell shell = nestmap.shell()) {
            define(shell, flags);
            // The kernel's own map beside ours, with the same inner maps.
            KernelMap alone = KernelMap.create(pins.folder("alone").resolve("steering"),
                    "type hash_of_maps key 8 value 4 entries 2 flags " + flags,
                    nestmap.kernelMap("drop"));
            shell.run("map create type hash_of_maps key 8 value 4 entries 2 flags " + flags
                    + " name small inner_map name drop");
            for (Write write : List.of(
                    new Write(SERVICE, "drop", "exist", Errno.ENOENT.number()),
                    new Write(SERVICE, "drop", "noexist", 0),
                    new Write(SERVICE, "pass", "noexist", Errno.EEXIST.number()),
                    new Write(SERVICE, "unlike", "noexist", Errno.EINVAL.number()),
                    new Write(SERVICE, "pass", "exist", 0),
                    new Write(NEIGHBOUR, "unlike", "noexist", Errno.EINVAL.number()),
                    new Write(NEIGHBOUR, "drop", "any", 0),
                    new Write(NEIGHBOUR, "pass", "any", 0),
                    new Write(THIRD, "pass", "exist", Errno.ENOENT.number()),
                    new Write(THIRD, "pass", "noexist", Errno.E2BIG.number()),
                    new Write(SERVICE, "drop", "any", 0))) {
                write.check(nestmap, shell, alone);
                shell.run("map wait name small --for=applied");
                assertEquals(alone.elements(), nestmap.kernelMap("small").elements(),
                        () -> "after " + write);
            }
            assertEquals(Bytes.u32le(nestmap.kernelMap("drop").id()),
                    alone.elements().get(Bytes.of(10, 77, 0, 2, 30, 97, 0, 0)));
        }
    }

    /**
     * One update of an outer hash.
     *
     * @param errno the kernel's answer; 0: done
     */
    private record Write(String key, String inner, String flag, int errno) {
        void check(Nestmap nestmap, Shell shell, KernelMap alone) {
            Command.Result kernel = Command.of("bpftool", "map", "update")
                    .and(alone.reference())
                    .and(("key " + key + " value").split(" ", -1))
                    .and(nestmap.kernelMap(inner).reference())
                    .and(flag)
                    .attempt();
            Command.Result ours = shell.attempt("map update name small key " + key + " value name "
                    + inner + " " + flag);
            int expected = errno == 0 ? 0 : 256 - errno;
            assertEquals(expected, kernel.status(), () -> this + ": " + kernel);
            assertEquals(expected, ours.status(), () -> this + ": " + ours);
        }
    }

    private static void define(Shell shell, int flags) {
        for (String policy : List.of("drop", "pass")) {
            shell.run("map create type array key 4 value 4 entries 1 name " + policy);
        }
        shell.run("map update name drop key 0 0 0 0 value %d 0 0 0".formatted(XDP_DROP));
        shell.run("map update name pass key 0 0 0 0 value %d 0 0 0".formatted(XDP_PASS));
        shell.run("map create type array key 4 value 4 entries 2 name unlike");
        shell.run("map create type hash_of_maps key 8 value 4 entries 64 flags " + flags
                + " name steering inner_map name drop");
        for (String name : List.of("unlike", "steering")) {
            shell.run("map wait name " + name + " --for=applied");
        }
    }

    private static void put(Shell shell, String key, String policy) {
        shell.run("map update name steering key " + key + " value name " + policy);
        shell.run("map wait name steering --for=applied");
    }

    private static void awaitMorePassedUp(SteeringNetwork network) {
        long before = network.passedUp().received();
        Await.until(SOON, () -> network.passedUp().received() > before + ENOUGH_PACKETS,
                network::toString);
    }

    private static void awaitMore(KernelMap steered, int what) {
        long before = steered.number(what);
        Await.until(SOON, () -> steered.number(what) > before + ENOUGH_PACKETS,
                () -> steered.elements().toString());
    }
}
