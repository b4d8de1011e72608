package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An agent receives, but cannot apply: a wait goes on, says where and why, and returns when the kernel has it. */
class WaitMeansAppliedTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int ROUNDS = 8;
    private static final String EAST = "east";
    private static final String WEST = "west";

    private static final String SERVER = Processes.freeAddress();
    private static final Processes PROCESSES = new Processes();
    private static Running west;
    private static KernelContents eastKernel;
    private static KernelContents westKernel;

    @BeforeAll
    static void startAStoreAndTwoAgents() {
        Running store = PROCESSES.start("server", "--data-dir",
                PROCESSES.data("store").toString(), "--listen", SERVER);
        PROCESSES.startAgent(EAST, SERVER, "zone=east");
        west = PROCESSES.startAgent(WEST, SERVER, "zone=west");
        store.awaitOutput("nestmap server", Processes.START);
        eastKernel = new KernelContents(PROCESSES.pinRoot(EAST));
        westKernel = new KernelContents(PROCESSES.pinRoot(WEST));
        done("map create type hash key 4 value 4 entries 16 name m");
        // Both agents are there.
        await("wait --for=applied", "2 of 2");
    }

    @AfterAll
    static void endThem() {
        PROCESSES.close();
    }

    /** Until both agents are there. */
    private static void await(String line, String text) {
        Await.until(Processes.START, () -> {
            Answer answer = Processes.run(SERVER, line + " --timeout 5s");
            return answer.exitCode() == 0 && answer.out().contains(text);
        }, () -> Processes.run(SERVER, "node list").out());
    }

    @Test
    void aWaitReturnsWhenTheKernelOfTheLastNodeHasItAndNotBefore() {
        done("map create type array key 4 value 4 entries 2 name inner placement none");
        done("map create type array_of_maps key 4 value 4 entries 2 name outer inner_map name inner"
                + " publish sealed");
        done("map update name outer key 1 0 0 0 value name inner");
        await("map wait name outer", "2 of 2");
        for (int round = 1; round <= ROUNDS; round++) {
            signal("STOP");
            done("map update name m key 1 0 0 0 value " + round + " 0 0 0");
            done("map update name inner key 0 0 0 0 value " + round + " 0 0 0");
            Bytes value = Bytes.u32le(round);
            CompletableFuture<SortedMap<Bytes, Bytes>> element = waiting("map wait name m",
                    () -> westKernel.map("m").elements());
            CompletableFuture<Bytes> behindSlot = waiting("wait map outer",
                    () -> inSlot(westKernel));
            Await.until(SOON,
                    () -> Map.of(Bytes.u32le(1), value).equals(eastKernel.map("m").elements())
                            && value.equals(inSlot(eastKernel)),
                    () -> "east: " + eastKernel.map("m").elements());
            assertFalse(element.isDone() || behindSlot.isDone(), "west stands still");
            signal("CONT");
            assertEquals(Map.of(Bytes.u32le(1), value), element.join());
            assertEquals(value, behindSlot.join());
        }
    }

    private static Bytes inSlot(KernelContents kernel) {
        Bytes slot = kernel.map("outer").elements().getOrDefault(Bytes.u32le(1), Bytes.empty());
        return KernelMap.id(slot.intLe(0))
                .elements()
                .getOrDefault(Bytes.u32le(0), Bytes.empty());
    }

    @Test
    void aDirectoryInThePlaceOfThePinIsTheReasonUntilItIsGone() throws IOException {
        Path pin = westKernel.pin("late");
        Files.createDirectory(pin);
        done("map create type hash key 4 value 4 entries 16 name late");
        done("map update name late key 1 0 0 0 value 7 0 0 0");
        for (String line : List.of("map wait name late --for=applied",
                "wait --for=applied", "wait map m late --for=applied")) {
            Answer tooEarly = Processes.run(SERVER, line + " --timeout 1s");
            assertEquals(1, tooEarly.exitCode(), tooEarly::toString);
            assertTrue(tooEarly.out().contains("1 of 2 nodes: east"), tooEarly::toString);
            assertTrue(tooEarly.out().contains("not yet on west"), tooEarly::toString);
            assertTrue(tooEarly.out().contains(pin.toString()), tooEarly::toString);
        }
        CompletableFuture<SortedMap<Bytes, Bytes>> late = waiting("wait",
                () -> westKernel.map("late").elements());
        Files.delete(pin);
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(7)), late.join());
    }

    @Test
    void aMapThatSomebodyFrozeIsTheReasonAndTheStoreCanGoBack() {
        done("map create type hash key 4 value 4 entries 16 name cold");
        done("map wait name cold");
        Command.of("bpftool", "map", "freeze", "pinned", westKernel.pin("cold").toString()).run();
        done("map update name cold key 1 0 0 0 value 7 0 0 0");
        Answer tooEarly = Processes.run(SERVER, "wait --timeout 1s");
        assertEquals(1, tooEarly.exitCode(), tooEarly::toString);
        assertTrue(tooEarly.out().contains("map \"cold\": it is frozen with other contents"),
                tooEarly::toString);
        assertEquals(Map.of(), westKernel.map("cold").elements());
        done("map delete name cold key 1 0 0 0");
        assertEquals(Map.of(), waiting("wait", () -> westKernel.map("cold").elements()).join());
    }

    @Test
    void aMapThatAnotherProgramHasFilledIsTheReasonUntilThereIsRoom() {
        done("map create type hash key 4 value 4 entries 4 name both ownership shared");
        done("map wait name both");
        KernelMap both = westKernel.map("both");
        for (int key = 10; key < 14; key++) {
            both.update(Bytes.u32le(key), Bytes.u32le(key));
        }
        done("map update name both key 1 0 0 0 value 7 0 0 0");
        Answer tooEarly = Processes.run(SERVER, "wait --timeout 1s");
        assertEquals(1, tooEarly.exitCode(), tooEarly::toString);
        assertTrue(tooEarly.out().contains("not yet on west"), tooEarly::toString);
        assertTrue(tooEarly.out().contains("it is full: it held 4 of 4 elements"),
                tooEarly::toString);
        CompletableFuture<SortedMap<Bytes, Bytes>> later = waiting("wait map both",
                both::elements);
        both.delete(Bytes.u32le(11));
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(7), Bytes.u32le(10), Bytes.u32le(10),
                Bytes.u32le(12), Bytes.u32le(12), Bytes.u32le(13), Bytes.u32le(13)),
                later.join());
    }

    @Test
    void whatTheKernelRefusesForGoodIsNamedOnEveryNodeAndTheOthersGoOn() {
        // BPF_F_ZERO_SEED takes CAP_SYS_ADMIN, which agents give up.
        done("map create type hash key 4 value 4 entries 16 name seeded flags 0x40");
        Answer never = Processes.run(SERVER, "map wait name seeded --timeout 1s");
        assertEquals(1, never.exitCode(), never::toString);
        assertTrue(never.out().contains("0 of 2 nodes"), never::toString);
        assertTrue(never.out().contains("not yet on east"), never::toString);
        assertTrue(never.out().contains("create hash \"seeded\": EPERM"), never::toString);
        done("map remove name seeded");
        done("map update name m key 1 0 0 0 value 7 0 0 0");
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(7)),
                waiting("wait", () -> westKernel.map("m").elements()).join());
    }

    /** What is found at the very moment at which a wait returns. */
    private static <T> CompletableFuture<T> waiting(String line, Supplier<T> look) {
        return CompletableFuture.supplyAsync(() -> {
            done(line + " --for=applied --timeout 30s");
            return look.get();
        }, command -> Thread.ofVirtual().name("wait").start(command));
    }

    private static void done(String line) {
        Processes.done(SERVER, line);
    }

    private static void signal(String name) {
        Command.of("kill", "-" + name, Long.toString(west.process().pid())).run();
    }
}
