package dev.nestmap.agent;

import static dev.nestmap.agent.FakeStore.defined;
import static dev.nestmap.agent.FakeStore.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.FakeStore.Stream;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.agent.libbpf.SocketFilter;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values follow the host while the agent runs. How fast is printed, not asserted: other work on the machine decides it too. */
final class AgentHostChangesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final MapSpec PROGRAMS = MapSpec
            .of("default", "programs", MapType.PROG_ARRAY, 4, 4, 4);
    private static final MapSpec GROUPS = MapSpec
            .of("default", "groups", MapType.CGROUP_ARRAY, 4, 4, 4);
    private static final MapSpec PORTS = MapSpec.of("default", "ports", MapType.DEVMAP, 4, 4, 4);

    private KernelUnderTest host = new KernelUnderTest(Side.SIMULATED);
    private final FakeStore store;
    private Optional<NestmapAgent> agent = Optional.empty();

    AgentHostChangesTest() throws Exception {
        store = new FakeStore();
    }

    @AfterEach
    void closeAll() throws Exception {
        agent.ifPresent(NestmapAgent::close);
        store.close();
        host.close();
    }

    private Stream start(Side side) throws Exception {
        host.close();
        host = new KernelUnderTest(side);
        agent = Optional.of(NestmapAgent.start(
                new AgentConfig("host1", List.of(store.address()), Map.of(), host.root()),
                host.kernel()));
        return store.accept();
    }

    @Test
    void aProgramThatIsPinnedReplacedAndRemovedIsFollowed() throws Exception {
        Stream stream = start(Side.LIBBPF);
        Path pin = host.root().resolve("p");
        Path next = host.root().resolve("p_next");
        stream.snapshot(5, with(defined(1, PROGRAMS, true), 0,
                new Value.Expression("prog(\"" + pin + "\")")));
        awaitCondition("prog(\"" + pin + "\"): no program is pinned there on this host");

        long begun = System.nanoTime();
        SocketFilter.pin(pin);
        await(() -> slot("programs", 0).isPresent() && conditions().isEmpty());
        say("a program that is pinned", begun);
        Bytes first = slot("programs", 0).orElseThrow();

        SocketFilter.pin(next);
        begun = System.nanoTime();
        host.kernel().renamePin(next, pin);
        await(() -> !slot("programs", 0).equals(Optional.of(first)));
        say("a program in the place of another", begun);
        Bytes second = slot("programs", 0).orElseThrow();

        begun = System.nanoTime();
        host.kernel().unpin(pin);
        awaitCondition("no program is pinned there on this host");
        say("a pin that is removed", begun);
        assertEquals(second, slot("programs", 0).orElseThrow(), "the last good program stays");
    }

    @Test
    void aCgroupThatIsRemovedAndMadeAgainIsFollowed() throws Exception {
        Stream stream = start(Side.LIBBPF);
        Path parent = Files.createTempDirectory(cgroups(), "nestmap-test");
        Path cgroup = parent.resolve("x");
        try {
            stream.snapshot(5, with(defined(1, GROUPS, true), 1,
                    new Value.Expression("cgroup(\"" + cgroup + "\")")));
            awaitCondition("no such cgroup (version 2) on this host");
            for (int round = 0; round < 2; round++) {
                long begun = System.nanoTime();
                Files.createDirectory(cgroup);
                await(() -> conditions().isEmpty());
                say("a cgroup that is made", begun);
                // The kernel tells nobody what is in it, only whether there was something to delete.
                assertTrue(delete("groups", 1), "it is in the kernel");
                begun = System.nanoTime();
                Files.delete(cgroup);
                awaitCondition("no such cgroup (version 2) on this host");
                say("a cgroup that is removed", begun);
            }
        } finally {
            Files.deleteIfExists(cgroup);
            Files.delete(parent);
        }
    }

    @Test
    void anInterfaceThatComesAndGetsAnotherIndexIsFollowed() throws Exception {
        Stream stream = start(Side.SIMULATED);
        SimulatedKernel kernel = (SimulatedKernel) host.kernel();
        stream.snapshot(5, with(defined(1, PORTS, true), 0,
                new Value.Expression("ifindex(\"eth7\")")));
        awaitCondition("ifindex(\"eth7\"): no such network interface on this host");
        for (int index = 7; index < 10; index++) {
            int expected = index;
            kernel.putInterface("eth7", index);
            await(() -> slot("ports", 0).equals(Optional.of(Bytes.u32le(expected)))
                    && conditions().isEmpty());
        }
        kernel.removeInterface("eth7");
        awaitCondition("no such network interface on this host");
        assertEquals(Bytes.u32le(9), slot("ports", 0).orElseThrow(), "the last good one stays");
    }

    private static void say(String what, long begunNanos) {
        System.out.printf("%s is followed within %.1f ms%n", what,
                (System.nanoTime() - begunNanos) / 1e6);
    }

    private List<String> conditions() {
        return agent.orElseThrow()
                .status()
                .conditions()
                .stream()
                .map(condition -> condition.message())
                .toList();
    }

    private void awaitCondition(String words) throws InterruptedException {
        await(() -> conditions().stream().anyMatch(message -> message.contains(words)));
    }

    private Optional<Bytes> slot(String map, int key) {
        try (KernelMap opened = open(map)) {
            return opened.lookup(Bytes.u32le(key));
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    private boolean delete(String map, int key) throws KernelException {
        try (KernelMap opened = open(map)) {
            return opened.delete(Bytes.u32le(key));
        }
    }

    private KernelMap open(String map) throws KernelException {
        return host.kernel().openPin(host.root().resolve("default").resolve(map)).orElseThrow();
    }

    private static Path cgroups() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/mounts"))
                .stream()
                .map(line -> line.split(" "))
                .filter(mount -> mount[2].equals("cgroup2"))
                .map(mount -> Path.of(mount[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("mount a cgroup2 file system"));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it did not come to that");
            Thread.sleep(5);
        }
    }
}
