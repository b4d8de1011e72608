package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel says that an agent may still do, and that this is enough: nothing that it asks for is refused. */
class LeastPrivilegeTest {
    private static final long BPF = 1L << 39;
    private static final long NET_ADMIN = 1L << 12;
    private static final String HOST = "host";

    /** A system call, and the command of bpf(2). */
    private static final Pattern CALL = Pattern
            .compile(
                    "(?:bpf\\((\\w+)|mount\\(|umount2\\(|setns\\(|unshare\\(|open_by_handle_at\\()");
    /** CAP_BPF is enough for these; all that turns an id into a descriptor, or lists ids, takes CAP_SYS_ADMIN. */
    private static final Set<String> NEEDS_NO_MORE = Set.of("BPF_MAP_CREATE",
            "BPF_MAP_LOOKUP_ELEM", "BPF_MAP_UPDATE_ELEM", "BPF_MAP_DELETE_ELEM",
            "BPF_MAP_GET_NEXT_KEY", "BPF_MAP_LOOKUP_BATCH", "BPF_MAP_UPDATE_BATCH",
            "BPF_MAP_DELETE_BATCH", "BPF_MAP_FREEZE", "BPF_OBJ_PIN", "BPF_OBJ_GET",
            "BPF_OBJ_GET_INFO_BY_FD", "BPF_BTF_LOAD", "BPF_PROG_LOAD");

    private final Processes processes = new Processes();
    private final String server = Processes.freeAddress();

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void anAgentThatRootStartsMountsABpffsAndThenHasTwoCapabilitiesInEveryThread()
            throws IOException {
        Path root = Files.createDirectory(processes.data("bpffs"));
        startServer();
        Running agent = processes.track(Processes.root("agent", "--server", server, "--node", HOST,
                "--pin-root", root.toString(), "--state-dir", processes.data("s").toString())
                .start());
        try {
            agent.awaitOutput("nestmap agent: node " + HOST, Processes.START);
            assertEverywhere(agent, BPF | NET_ADMIN);
            createMapsOfManyTypes();
            KernelContents kernel = new KernelContents(root);
            assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(11)), kernel.map("h").elements());
            assertNothingRefused(agent);
            assertTrue(agent.err().contains("runs with CAP_NET_ADMIN, CAP_BPF\n"), agent::err);
            assertTrue(agent.err()
                    .contains("cannot create maps with BPF_F_ZERO_SEED, which takes CAP_SYS_ADMIN"),
                    agent::err);
            agent.process().destroy();
            assertEquals(0, agent.awaitExit(Processes.START));
        } finally {
            agent.kill();
            Command.of("umount", "--lazy", root.toString()).run();
        }
    }

    @Test
    void theNextAgentTakesUpPinsWithTheSameTwo() {
        startServer();
        Running first = processes.startAgent(HOST, server, "zone=east");
        createMapsOfManyTypes();
        KernelContents kernel = new KernelContents(processes.pinRoot(HOST));
        var ids = kernel.ids();
        first.kill();
        Running second = processes.startAgent(HOST, server, "zone=east");
        Processes.done(server, "map update name h key 2 0 0 0 value 12 0 0 0");
        Processes.done(server, "map update name outer key 0 0 0 0 value name inner2");
        Processes.done(server, "map delete name h key 1 0 0 0");
        for (String name : List.of("h", "outer", "dev", "trie", "cpu")) {
            Processes.done(server, "map wait name " + name + " --for=applied");
        }
        assertEquals(ids, kernel.ids());
        assertEquals(Map.of(Bytes.u32le(2), Bytes.u32le(12)), kernel.map("h").elements());
        assertEverywhere(second, BPF | NET_ADMIN);
        assertNothingRefused(first);
        assertNothingRefused(second);
    }

    @Test
    void withCapBpfAloneDevicesAreAConditionAndTheRestGoesOn() {
        startServer();
        Running agent = processes.track(Processes.privileged("-all,+bpf", "agent", "--server",
                server, "--node", HOST, "--pin-root", processes.pinRoot(HOST).toString(),
                "--state-dir", processes.data("s").toString()).start());
        agent.awaitOutput("nestmap agent: node " + HOST, Processes.START);
        Processes.done(server, "map create type devmap key 4 value 4 entries 4 name dev");
        Processes.done(server, "map create type hash key 4 value 4 entries 4 name h");
        Processes.done(server, "map wait name h --for=applied");
        Answer late = Processes.run(server, "map wait name dev --for=applied --timeout 2s");
        assertEquals(1, late.exitCode(), late::toString);
        assertTrue(late.out().contains("this process lacks CAP_NET_ADMIN"), late::toString);
        assertEverywhere(agent, BPF);
        assertTrue(agent.err().contains("runs with CAP_BPF\n"), agent::err);
        assertTrue(agent.err().contains("the types of devices and sockets take CAP_NET_ADMIN"),
                agent::err);
    }

    @Test
    void noSystemCallOfAnAgentTakesMoreThanItHas() throws IOException {
        startServer();
        Path trace = processes.data("trace");
        Running first = traced(trace);
        createMapsOfManyTypes();
        Processes.done(server,
                "map create type array_of_maps key 4 value 4 entries 4 name sealed inner_map name inner publish sealed");
        Processes.done(server, "map update name sealed key 1 0 0 0 value name inner2");
        Processes.done(server, "map update name inner2 key 1 0 0 0 value 5 0 0 0");
        Processes.done(server, "wait --for=applied");
        first.kill();
        // The next one takes up pins, and finds something to change.
        Processes.done(server, "map update name inner2 key 1 0 0 0 value 6 0 0 0");
        Path second = processes.data("trace2");
        Running next = traced(second);
        Processes.done(server, "map remove name dev");
        Processes.done(server, "wait --for=applied");
        next.kill();
        SortedSet<String> commands = new TreeSet<>();
        for (Path file : List.of(trace, second)) {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                Matcher call = CALL.matcher(line);
                if (call.find()) {
                    commands.add(call.group(1) == null ? call.group() : call.group(1));
                    assertTrue(!line.contains("EPERM") || line.contains("ZERO_SEED"), line);
                }
            }
        }
        System.out.println("bpf(2) commands of two agents: " + commands);
        assertTrue(commands.containsAll(Set.of("BPF_MAP_CREATE", "BPF_OBJ_PIN", "BPF_OBJ_GET",
                "BPF_MAP_FREEZE", "BPF_MAP_UPDATE_BATCH")), commands.toString());
        commands.removeIf(NEEDS_NO_MORE::contains);
        assertEquals(Set.of(), commands, "all other commands, and all calls that mount or enter");
    }

    private Running traced(Path trace) {
        Running agent = processes.track(Command
                .of("strace", "-f", "--seccomp-bpf", "-e",
                        "trace=bpf,mount,umount2,setns,unshare,open_by_handle_at", "-o",
                        trace.toString())
                .and(processes.agent(HOST, server, "zone=east").words())
                .start());
        agent.awaitOutput("nestmap agent: node " + HOST, Processes.START);
        return agent;
    }

    @Test
    void privilegesAreKeptWhereThatIsAskedFor() {
        startServer();
        Running agent = processes.track(Processes.privileged("-all,+bpf,+sys_admin", "agent",
                "--keep-privileges", "--server", server, "--node", HOST, "--pin-root",
                processes.pinRoot(HOST).toString(), "--state-dir", processes.data("s").toString())
                .start());
        agent.awaitOutput("nestmap agent: node " + HOST, Processes.START);
        assertEverywhere(agent, BPF | 1L << 21);
        Processes.done(server, "map create type hash key 4 value 4 entries 4 name h flags 0x40");
        Processes.done(server, "map wait name h --for=applied");
    }

    private void createMapsOfManyTypes() {
        for (String line : List.of("map create type hash key 4 value 4 entries 64 name h",
                "map create type devmap key 4 value 4 entries 4 name dev",
                "map create type lpm_trie key 8 value 4 entries 64 flags 1 name trie",
                "map create type percpu_array key 4 value 8 entries 4 name cpu",
                "map create type ringbuf key 0 value 0 entries 4096 name ring",
                "map create type array key 4 value 4 entries 4 name inner placement none",
                "map create type array key 4 value 4 entries 4 name inner2 placement none",
                "map create type array_of_maps key 4 value 4 entries 4 name outer inner_map name inner",
                "map update name h key 1 0 0 0 value 11 0 0 0",
                "map update name dev key 0 0 0 0 value ifindex(\"lo\")",
                "map update name trie key 8 0 0 0 10 0 0 0 value 1 0 0 0",
                "map update name cpu key 0 0 0 0 value 1 0 0 0 0 0 0 0",
                "map update name outer key 0 0 0 0 value name inner", "map freeze name ring")) {
            Processes.done(server, line);
        }
        for (String name : List.of("h", "outer", "dev", "trie", "cpu")) {
            Processes.done(server, "map wait name " + name + " --for=applied");
        }
    }

    /** Exactly these capabilities, in each thread, and no way to come by more. */
    private static void assertEverywhere(Running agent, long capabilities) {
        Path tasks = Path.of("/proc", Long.toString(agent.process().pid()), "task");
        String hex = "%016x".formatted(capabilities);
        try (Stream<Path> threads = Files.list(tasks)) {
            List<Path> all = threads.toList();
            assertTrue(all.size() > 5, "a JVM has more threads than " + all.size());
            for (Path thread : all) {
                List<String> status = Files.readAllLines(thread.resolve("status"));
                for (String set : List.of("CapEff", "CapPrm", "CapBnd")) {
                    assertTrue(status.contains(set + ":\t" + hex), thread + ": " + status);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertNothingRefused(Running agent) {
        String said = agent.out() + agent.err();
        assertFalse(said.contains("EPERM") || said.contains("EACCES")
                || said.contains("not as desired"), said);
    }

    private void startServer() {
        processes.start("server", "--data-dir", processes.data("store").toString(), "--listen",
                server).awaitOutput("nestmap server: member", Processes.START);
    }
}
