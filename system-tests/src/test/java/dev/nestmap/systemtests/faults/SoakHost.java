package dev.nestmap.systemtests.faults;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Namespace;
import dev.nestmap.systemtests.rig.NetworkNamespaces;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A host of the long test: an agent with a network, a bpffs and a small disk of its own. */
final class SoakHost implements AutoCloseable {
    private static final int DISK_MIB = 8;
    private static final int MOST_TAMPERING = 3;

    private final String name;
    private final Processes processes;
    private final Namespace network;
    private final BpfFilesystem pins = new BpfFilesystem();
    private final Path disk;
    private final List<Proxy> links = new ArrayList<>();
    private final String servers;
    private final Map<String, Integer> tampered = new HashMap<>();
    private Running agent;

    /** Starts the agent, which finds the servers under their own addresses. */
    SoakHost(String name, Processes processes, NetworkNamespaces networks, String... servers) {
        this.name = name;
        this.processes = processes;
        this.network = networks.add(name);
        this.servers = String.join(",", servers);
        this.disk = processes.data(name + "-disk");
        try {
            Files.createDirectory(disk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.of("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs",
                disk.toString()).run();
        for (String server : servers) {
            int port = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
            links.add(new Proxy(server, network.listen(port)));
        }
        for (String device : SoakWorkload.DEVICES) {
            addDevice(device);
        }
        agent = start();
    }

    private Running start() {
        return processes.track(network.command()
                .and(Processes
                        .nestmap("agent", "--server", servers, "--node", name, "--pin-root",
                                pinRoot().toString(), "--state-dir",
                                disk.resolve("state").toString())
                        .words())
                .start());
    }

    String name() {
        return name;
    }

    /** Where the agent pins maps. */
    Path pinRoot() {
        return pins.root().resolve("nestmap");
    }

    /** Where programs find maps. */
    Path pinned() {
        return pinRoot().resolve(Writers.NAMESPACE);
    }

    KernelMap map(String map) {
        return KernelMap.pinned(pinned().resolve(map));
    }

    /** The agent, as of now. */
    Running agent() {
        return agent;
    }

    void kill() {
        agent.kill();
    }

    /** As a service manager does with one that ended. */
    void startWhereItEnded() {
        if (!agent.process().isAlive()) {
            agent = start();
        }
    }

    /** True a few times: whoever goes on to write against an agent is mended later and later, and no test waits so long. */
    boolean takesTampering(String subject) {
        return tampered.merge(subject, 1, Integer::sum) <= MOST_TAMPERING;
    }

    void signal(String signal) {
        Command.of("kill", "-" + signal, Long.toString(agent.process().pid())).attempt();
    }

    void cutOff() {
        links.forEach(link -> link.stallWhere(_ -> true));
    }

    void connect() {
        links.forEach(link -> {
            link.stallWhere(_ -> false);
            List.copyOf(link.links()).forEach(Proxy.Link::cut);
        });
    }

    void fillDisk() {
        // It ends where there is no more room.
        Command.of("dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=64k").attempt();
    }

    void emptyDisk() {
        Command.of("rm", "-f", disk.resolve("filler").toString()).run();
    }

    void unmountPins() {
        pins.unmount();
    }

    void mountPins() {
        pins.mountAgain();
    }

    void addDevice(String device) {
        network.command("ip", "link", "add", device, "type", "veth", "peer", "name", device + "p")
                .run();
    }

    void deleteDevice(String device) {
        network.command("ip", "link", "delete", device).run();
    }

    void renameDevice(String from, String to) {
        network.command("ip", "link", "set", from, "name", to).run();
    }

    int indexOf(String device) {
        return network.indexOf(device);
    }

    /** What differs between the kernel and the store; empty where nothing does. */
    List<String> differences(StoreContents store) {
        List<String> differences = new ArrayList<>();
        for (MapDescription map : store.maps().values()) {
            if (!map.unlinked() && map.spec().placement().wants(Map.of())) {
                String expected = expected(store, map).toString();
                String found = foundIfAny(map, store);
                if (!expected.equals(found)) {
                    differences.add("%s: %s: the store has %s, the kernel %s".formatted(name,
                            map.spec().name(), expected, found));
                }
            }
        }
        return differences;
    }

    private SortedMap<Bytes, String> expected(StoreContents store, MapDescription map) {
        SortedMap<Bytes, String> expected = new TreeMap<>();
        store.elements(map.id()).forEach((key, value) -> expected.put(key, switch (value) {
            case Value.Data(Bytes bytes) when MapRules.isPerCpu(map.spec().type()) ->
                "every CPU " + bytes;
            case Value.Data(Bytes bytes) -> bytes.toString();
            case Value.Slot(MapRef.ById(long inner)) ->
                expected(store, store.map(inner)).toString();
            case Value.Expression(String text) -> Bytes.u32le(indexOf(
                    ((NodeExpression.Ifindex) NodeExpression.parse(text)
                            .orElseThrow()
                            .terms()
                            .getFirst()).interfaceName()))
                    .toString();
            case Value.Slot _,Value.PerCpu _ -> throw new AssertionError(value.toString());
        }));
        return expected;
    }

    private String foundIfAny(MapDescription map, StoreContents store) {
        try {
            return found(map, store).toString();
        } catch (AssertionError e) {
            return "nothing that can be read: " + e.getMessage();
        }
    }

    private SortedMap<Bytes, String> found(MapDescription map, StoreContents store) {
        KernelMap kernel = map(map.spec().name());
        if (!map.spec().type().isOuter()) {
            return found(map, kernel);
        }
        SortedMap<Bytes, String> found = new TreeMap<>();
        kernel.elements().forEach((key, slot) -> {
            // What the slot holds tells itself; of which kind it is the store says.
            Value wanted = store.elements(map.id()).get(key);
            found.put(key, wanted instanceof Value.Slot(MapRef.ById(long inner))
                    ? found(store.map(inner), KernelMap.id(slot.intLe(0))).toString()
                    : "something");
        });
        return found;
    }

    private static SortedMap<Bytes, String> found(MapDescription map, KernelMap kernel) {
        SortedMap<Bytes, String> found = new TreeMap<>();
        if (MapRules.isPerCpu(map.spec().type())) {
            kernel.perCpuElements()
                    .forEach((key, values) -> found.put(key,
                            values.stream().distinct().count() == 1
                                    ? "every CPU " + values.getFirst()
                                    : values.toString()));
            return found;
        }
        kernel.elements().forEach((key, value) -> {
            if (!MapRules.isDense(map.spec().type()) || !value.isZero()) {
                found.put(key, value.toString());
            }
        });
        return found;
    }

    @Override
    public void close() {
        try (pins) {
            agent.kill();
            links.forEach(Proxy::close);
            Command.of("umount", "--lazy", disk.toString()).attempt();
        }
    }
}
