package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Namespace;
import dev.nestmap.systemtests.rig.NetworkNamespaces;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents of containers on one machine, and agents whose bpffs is not as they would have it. */
class ManyAgentsTest {
    private static final int CONTAINERS = 3;
    private static final Path USUAL_ROOT = Path.of("/sys/fs/bpf/nestmap");
    private static final String HASH = "map create type hash key 4 value 4 entries 16 name ";

    private final Processes processes = new Processes();
    private final NetworkNamespaces networks = new NetworkNamespaces();
    private final List<Proxy> links = new ArrayList<>();
    private final String server = Processes.freeAddress();

    @BeforeEach
    void startAStore() {
        processes.start("server", "--data-dir", processes.data("store").toString(), "--listen",
                server).awaitOutput("nestmap server: member", Processes.START);
    }

    @AfterEach
    void endThem() {
        try (processes; networks) {
            links.forEach(Proxy::close);
        }
    }

    @Test
    void agentsOfContainersUseTheSamePathEachWithABpffsAndANetworkOfItsOwn() {
        List<Namespace> hosts = new ArrayList<>();
        List<Running> agents = new ArrayList<>();
        for (int i = 0; i < CONTAINERS; i++) {
            Namespace host = networks.add("c" + i);
            hosts.add(host);
            // So that the device has another index in each.
            for (int other = 0; other < i; other++) {
                addDevice(host, "other" + other);
            }
            addDevice(host, "up0");
            links.add(new Proxy(server, host.listen(
                    Integer.parseInt(server.substring(server.lastIndexOf(':') + 1)))));
            agents.add(processes.track(inContainer(host)
                    .and(Processes.nestmap("agent", "--server", server, "--node", "c" + i,
                            "--state-dir", processes.data("c" + i).toString()).words())
                    .start()));
        }
        agents.forEach(agent -> agent.awaitOutput("nestmap agent: node", Processes.START));
        Processes.done(server, "map create type devmap key 4 value 4 entries 4 name ports");
        Processes.done(server, "map update name ports key 0 0 0 0 value ifindex(\"up0\")");
        awaitApplied(CONTAINERS);
        Set<Integer> indexes = new HashSet<>();
        for (int i = 0; i < CONTAINERS; i++) {
            String value = Command.of("nsenter", "--mount=/proc/%d/ns/mnt".formatted(
                    agents.get(i).process().pid()), "--", "bpftool", "-j", "map", "lookup",
                    "pinned", USUAL_ROOT.resolve("default/ports").toString(), "key", "0", "0",
                    "0", "0").run();
            int index = hosts.get(i).indexOf("up0");
            indexes.add(index);
            assertTrue(value.contains("\"value\":[\"0x%02x\",".formatted(index)), value);
        }
        assertEquals(CONTAINERS, indexes.size());
    }

    /** A mount namespace with a bpffs at the usual place, and the network of a host. */
    private static Command inContainer(Namespace host) {
        return host.command("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                "mount -t bpf bpf /sys/fs/bpf; exec \"$@\"", "sh");
    }

    private static void addDevice(Namespace host, String device) {
        host.command("ip", "link", "add", device, "type", "veth", "peer", "name", device + "p")
                .run();
    }

    @Test
    void whatOthersHaveInTheBpffsStaysAndHindersNobody() throws IOException {
        Path root = processes.pinRoot("host");
        for (String pin : List.of("theirs", "default/theirs", "_inner/theirs", "_inner/1_2_3",
                "_owned/theirs", "_cluster/theirs", "deep/down/theirs")) {
            Files.createDirectories(Objects.requireNonNull(root.resolve(pin).getParent()));
            KernelMap.create(root.resolve(pin), "type array key 4 value 4 entries 1");
        }
        Files.createSymbolicLink(root.resolve("default/link"), root.resolve("theirs"));
        Files.createSymbolicLink(root.resolve("_owned/5"), root.resolve("nowhere"));
        Files.createDirectories(root.resolve("_inner/7_1"));
        Set<Path> before = paths(root);
        Running agent = processes.startAgent("host", server, "zone=east");
        agent.awaitOutput("nestmap agent: node", Processes.START);
        Processes.done(server, HASH + "m");
        Processes.done(server, "map update name m key 1 0 0 0 value 1 0 0 0");
        awaitApplied(1);
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(1)),
                KernelMap.pinned(root.resolve("default/m")).elements());
        Processes.done(server, "map remove name m");
        Await.until(Processes.START, () -> !Files.exists(root.resolve("default/m")), agent::err);
        Set<Path> after = paths(root);
        assertTrue(after.containsAll(before), () -> "gone: " + before + " after: " + after);
        assertTrue(agent.process().isAlive());
    }

    private static Set<Path> paths(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return new TreeSet<>(all.toList());
        }
    }

    @Test
    void aBpffsThatCannotBeWrittenIsAConditionUntilItCan() {
        try (BpfFilesystem pins = new BpfFilesystem()) {
            Path root = pins.folder("nestmap");
            Running agent = processes.start("agent", "--server", server, "--node", "host",
                    "--pin-root", root.toString(), "--state-dir",
                    processes.data("host").toString());
            agent.awaitOutput("nestmap agent: node", Processes.START);
            Processes.done(server, HASH + "first");
            awaitApplied(1);
            Command.of("mount", "-o", "remount,ro,bind", pins.root().toString()).run();
            Processes.done(server, HASH + "second");
            Processes.done(server, "map update name first key 1 0 0 0 value 1 0 0 0");
            // What is there already is written all the same.
            Processes.done(server, "map wait name first --timeout 30s");
            Answer answer = Processes.run(server, "wait --timeout 1s");
            assertEquals(1, answer.exitCode(), answer::toString);
            assertTrue(answer.out().contains("map \"second\""), answer::toString);
            assertTrue(answer.out().contains("EROFS"), answer::toString);
            Command.of("mount", "-o", "remount,rw,bind", pins.root().toString()).run();
            awaitApplied(1);
            assertEquals(Map.of(), KernelMap.pinned(root.resolve("default/second")).elements());
            agent.kill();
        }
    }

    private void awaitApplied(int nodes) {
        Await.until(Processes.START, () -> {
            Answer answer = Processes.run(server, "wait --timeout 5s");
            return answer.exitCode() == 0
                    && answer.out().contains("%d of %d".formatted(nodes, nodes));
        }, () -> Processes.run(server, "wait --timeout 1s").toString());
    }
}
