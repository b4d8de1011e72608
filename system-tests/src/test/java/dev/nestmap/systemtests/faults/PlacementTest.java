package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Running;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One store and two agents with different labels, each with a pin root of its own. */
class PlacementTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int EAGAIN = 245;
    private static final String EAST = "east";
    private static final String WEST = "west";
    private static final String SMALL_HASH = "map create type hash key 4 value 4 entries 16 name ";

    private final String server = Processes.freeAddress();
    private Processes processes;
    private Running west;
    private KernelContents eastKernel;
    private KernelContents westKernel;

    @BeforeEach
    void startAStoreAndTwoAgents() {
        processes = new Processes();
        Running store = processes.start("server", "--data-dir",
                processes.data("store").toString(), "--listen", server);
        // All three at once: an agent goes on looking for the store until it is there.
        processes.startAgent(EAST, server, "zone=east");
        west = processes.startAgent(WEST, server, "zone=west");
        store.awaitOutput("nestmap server", Processes.START);
        eastKernel = new KernelContents(processes.pinRoot(EAST));
        westKernel = new KernelContents(processes.pinRoot(WEST));
        Await.until(Processes.START, () -> agents() == 2,
                () -> Processes.run(server, "node list").out());
    }

    private long agents() {
        return Processes.run(server, "node list")
                .out()
                .lines()
                .filter(line -> line.contains("connected"))
                .count();
    }

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void eachKernelHoldsExactlyWhatIsPlacedOnItAndALabelMovesAMapOver() {
        run(SMALL_HASH + "everywhere");
        run(SMALL_HASH + "nowhere placement zone=north");
        run(SMALL_HASH + "for_east placement zone=east");
        run(SMALL_HASH + "not_for_east placement zone!=east");
        run("map create type array key 4 value 8 entries 4 name inner placement none");
        run("map create type array key 4 value 8 entries 4 name idle placement none");
        run("map create type array_of_maps key 4 value 4 entries 4 name outer inner_map name inner"
                + " placement zone=east");
        run("map update name inner key 0 0 0 0 value 7 0 0 0 0 0 0 0");
        run("map update name outer key 2 0 0 0 value name inner");
        awaitHeld(eastKernel, Set.of("everywhere", "for_east", "outer"), 1);
        awaitHeld(westKernel, Set.of("everywhere", "not_for_east"), 0);
        assertHoldsInnerMap(eastKernel);

        run("node label west zone=east");
        run("node label east zone=west");
        awaitHeld(westKernel, Set.of("everywhere", "for_east", "outer"), 1);
        awaitHeld(eastKernel, Set.of("everywhere", "not_for_east"), 0);
        assertHoldsInnerMap(westKernel);

        // Without the labels of the store, the agents' own count again.
        run("node label west zone-");
        run("node label east zone-");
        awaitHeld(eastKernel, Set.of("everywhere", "for_east", "outer"), 1);
        awaitHeld(westKernel, Set.of("everywhere", "not_for_east"), 0);
        run("map delete name outer key 2 0 0 0");
        awaitHeld(eastKernel, Set.of("everywhere", "for_east", "outer"), 0);
    }

    @Test
    void aMapThatIsPlacedElsewhereKeepsItsKernelMapWhereItStays() {
        run(SMALL_HASH + "m placement zone=east");
        run("map update name m key 1 0 0 0 value 1 0 0 0");
        awaitHeld(eastKernel, Set.of("m"), 0);
        int id = eastKernel.map("m").id();

        run("map place name m all");
        awaitHeld(westKernel, Set.of("m"), 0);
        run("map wait name m --for=applied");
        assertEquals(id, eastKernel.map("m").id());
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(1)), westKernel.map("m").elements());

        run("map place name m zone=west");
        awaitHeld(eastKernel, Set.of(), 0);
        assertEquals("3  default/m  placed on all\n4  default/m  placed on zone=west\n",
                Processes.done(server, "watch --from 3 --until 4"));
        assertEquals("""
                {"revision":4,"map":"default/m","event":"placed","placement":"zone=west"}
                """, Processes.done(server, "watch --from 4 --until 4 -j"));
        run("map update name m key 1 0 0 0 value 2 0 0 0");
        run("map wait name m --for=applied");
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(2)), westKernel.map("m").elements());
    }

    @Test
    void anOuterMapThatIsPlacedElsewhereTakesItsInnerMapsAlong() {
        run("map create type array key 4 value 8 entries 4 name inner placement none");
        run("map create type array_of_maps key 4 value 4 entries 4 name outer inner_map name inner"
                + " placement zone=west");
        run("map update name inner key 0 0 0 0 value 7 0 0 0 0 0 0 0");
        run("map update name outer key 2 0 0 0 value name inner");
        awaitHeld(westKernel, Set.of("outer"), 1);
        run("map place name outer zone=east");
        awaitHeld(eastKernel, Set.of("outer"), 1);
        awaitHeld(westKernel, Set.of(), 0);
        assertHoldsInnerMap(eastKernel);
        Answer refused = Processes.run(server, "map place name inner all");
        assertTrue(refused.err().contains("create another map"), refused::toString);
    }

    @Test
    void waitNamesANodeWhoseAgentStandsStillAndSucceedsWhenItGoesOn() {
        run(SMALL_HASH + "m");
        run("map wait name m --for=applied");
        signal(west, "STOP");
        run("map update name m key 1 0 0 0 value 1 0 0 0");
        Answer late = waitBriefly("m");
        assertEquals(1, late.exitCode(), late::toString);
        assertTrue(late.out().contains("applied on 1 of 2 nodes: east"), late::toString);
        assertTrue(late.out().contains("not yet on west"), late::toString);
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(1)), eastKernel.map("m").elements());
        assertEquals(Map.of(), westKernel.map("m").elements());
        signal(west, "CONT");
        run("map wait name m --for=applied");
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(1)), westKernel.map("m").elements());
    }

    @Test
    void waitSaysOfANodeWhoseAgentIsGoneSinceWhenAndSucceedsWhenItIsBack() {
        run(SMALL_HASH + "m");
        run("map update name m key 1 0 0 0 value 1 0 0 0");
        run("map wait name m --for=applied");
        int id = westKernel.map("m").id();
        west.kill();
        run("map update name m key 1 0 0 0 value 2 0 0 0");
        Answer late = waitBriefly("m");
        assertEquals(1, late.exitCode(), late::toString);
        assertTrue(late.out().contains("not yet on west"), late::toString);
        assertTrue(late.out().contains("its agent is not connected"), late::toString);
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(1)), westKernel.map("m").elements());
        processes.startAgent(WEST, server, "zone=west");
        run("map wait name m --for=applied");
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(2)), westKernel.map("m").elements());
        assertEquals(id, westKernel.map("m").id());
    }

    @Test
    void waitShowsWhyANodeWhosePinIsTakenByAnotherMapDoesNotHoldIt() {
        KernelMap foreign = KernelMap.create(
                processes.pinFolder(WEST + "/default").resolve("taken"),
                "type hash key 4 value 8 entries 16");
        foreign.update(Bytes.u32le(1), Bytes.u64le(99));
        int id = foreign.id();
        run(SMALL_HASH + "taken");
        Answer late = waitBriefly("taken");
        assertEquals(1, late.exitCode(), late::toString);
        assertTrue(late.out().contains("applied on 1 of 2 nodes: east"), late::toString);
        assertTrue(late.out().contains("not yet on west"), late::toString);
        assertTrue(late.out().contains("value_size"), late::toString);
        assertTrue(late.out().contains("rename or remove it, or change the definition"),
                late::toString);
        assertTrue(Processes.done(server, "node show west").contains("value_size"));
        assertEquals(id, westKernel.map("taken").id());
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u64le(99)), westKernel.map("taken").elements());
        run(SMALL_HASH + "other");
        run("map wait name other --for=applied");

        Command.of("rm", westKernel.pin("taken").toString()).run();
        run("map wait name taken --for=applied");
        assertEquals(Map.of(), westKernel.map("taken").elements());
    }

    @Test
    void waitForAMapThatNoNodeWantsSaysSo() {
        run(SMALL_HASH + "nowhere placement zone=north");
        Answer refused = waitBriefly("nowhere");
        assertEquals(1, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("zone=north"), refused::toString);
    }

    @Test
    void aSecondAgentOnTheSamePinRootIsRefused() {
        Answer refused = Processes.attempt("agent", "--server", server, "--node", "third",
                "--pin-root", processes.pinRoot(WEST).toString());
        assertEquals(EAGAIN, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains(processes.pinRoot(WEST).toString()), refused::toString);
        assertTrue(refused.err()
                .contains("another agent runs on it; stop that one, or give this"
                        + " one another --pin-root"),
                refused::toString);
    }

    private void run(String line) {
        Processes.done(server, line);
    }

    private Answer waitBriefly(String map) {
        return Processes.run(server, "map wait name " + map + " --for=applied --timeout 2s");
    }

    private static void signal(Running process, String name) {
        Command.of("kill", "-" + name, Long.toString(process.process().pid())).run();
    }

    // The agent's own pins too: it lets go of them last.
    private static void awaitHeld(KernelContents kernel, Set<String> names, int innerMaps) {
        Await.until(SOON,
                () -> kernel.names().equals(names) && kernel.innerPins().size() == innerMaps
                        && kernel.ownPins().size() == names.size() + innerMaps,
                () -> "expected %s and %d inner maps, found %s".formatted(names, innerMaps,
                        kernel));
    }

    private static void assertHoldsInnerMap(KernelContents kernel) {
        KernelMap inner = kernel.innerMap(kernel.innerPins().iterator().next());
        Await.until(SOON,
                () -> Map.of(Bytes.u32le(2), Bytes.u32le(inner.id()))
                        .equals(kernel.map("outer").elements()),
                () -> "slots " + kernel.map("outer").elements());
        assertEquals(7, inner.number(0));
    }
}
