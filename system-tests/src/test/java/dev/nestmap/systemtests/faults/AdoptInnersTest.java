package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Maps in slots that are pinned nowhere: only CAP_SYS_ADMIN opens them, which agents give up. */
class AdoptInnersTest {
    private static final String NODE = "host";

    private final String server = Processes.freeAddress();
    private Processes processes;
    private Path folder;
    private KernelMap outer;
    private KernelMap inner;

    @BeforeEach
    void makeAnOuterMapWithAnInnerMapThatHasNoPin() throws IOException {
        processes = new Processes();
        processes.start("server", "--data-dir", processes.data("store").toString(), "--listen",
                server).awaitOutput("nestmap server", Processes.START);
        folder = processes.pinFolder("loader");
        KernelMap pinned = KernelMap.create(folder.resolve("inner"),
                "type hash key 4 value 4 entries 8");
        outer = KernelMap.create(folder.resolve("outer"),
                "type hash_of_maps key 4 value 4 entries 8", pinned);
        outer.put(Bytes.u32le(5), pinned);
        inner = KernelMap.id(pinned.id());
        inner.update(Bytes.u32le(1), Bytes.u32le(2));
        Files.delete(folder.resolve("inner"));
    }

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void anAgentWithoutTheCapabilitySaysWhichMapsToPinAndOneWithItGoesOnWithThem() {
        Running least = processes.startAgent(NODE, server, "role=lb");
        awaitAgent(least);
        Answer refused = adopt();
        assertEquals(255, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("bpftool map pin id " + inner.id()), refused::toString);
        assertTrue(refused.err().contains("--keep-privileges"), refused::toString);
        end(least);

        Running privileged = processes.track(Processes.root("agent", "--server", server, "--node",
                NODE, "--pin-root", processes.pinRoot(NODE).toString(), "--state-dir",
                processes.data("privileged").toString(), "--keep-privileges").start());
        awaitAgent(privileged);
        int outerId = outer.id();
        int innerId = inner.id();
        Answer adopted = adopt();
        assertEquals(0, adopted.exitCode(), adopted::toString);
        assertGoesOn(outerId, innerId, 3);
        end(privileged);

        // The next one needs no more than the pin.
        awaitAgent(processes.startAgent(NODE, server, "role=lb"));
        assertGoesOn(outerId, innerId, 4);
    }

    private void assertGoesOn(int outerId, int innerId, int value) {
        Processes.done(server, "map update name outer_05000000 key 1 0 0 0 value " + value
                + " 0 0 0");
        Processes.done(server, "map wait name outer");
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(value)), inner.elements());
        assertEquals(Map.of(Bytes.u32le(5), Bytes.u32le(innerId)), outer.elements());
        assertEquals(List.of(outerId, innerId), List.of(outer.id(), inner.id()));
    }

    private Answer adopt() {
        return Processes.run(server, "map adopt pinned " + folder.resolve("outer") + " --node "
                + NODE + " --contents");
    }

    private void end(Running agent) {
        agent.kill();
        Await.until(Processes.START, () -> !Processes.run(server, "node list")
                .out()
                .contains(" connected "), () -> Processes.run(server, "node list").out());
    }

    private void awaitAgent(Running agent) {
        Await.until(Processes.START, () -> Processes.run(server, "node list")
                .out()
                .contains(" connected "), agent::err);
    }
}
