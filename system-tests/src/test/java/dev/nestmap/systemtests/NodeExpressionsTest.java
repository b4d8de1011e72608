package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Namespace;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.NetworkNamespaces;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces of a host of the test come, go and are renamed under an agent whose maps name them. */
class NodeExpressionsTest {
    /** The pace of looking for drift depends on what it costs this machine. */
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Bytes KEY = Bytes.u32le(7);
    private static final Bytes NET = Bytes.of(8, 0, 0, 0, 10, 0, 0, 0);

    @TempDir
    private Path data;

    @Test
    void interfacesThatAreDeletedMadeAgainAndRenamedAreFollowed() {
        try (BpfFilesystem pins = new BpfFilesystem();
                NetworkNamespaces namespaces = new NetworkNamespaces()) {
            Namespace host = namespaces.add("host");
            try (Nestmap nestmap = Nestmap.devIn(host, pins.folder("agent"), data);
                    Shell shell = nestmap.shell()) {
                shell.run("map create type devmap_hash key 4 value 4 entries 4 name ports");
                shell.run("map update name ports key 7 0 0 0 value ifindex veth0");
                awaitShown(shell, "ifindex(\"veth0\"): no such network interface on this host");
                int before = 0;
                for (int round = 0; round < 5; round++) {
                    long begun = System.nanoTime();
                    host.command("ip", "link", "add", "veth0", "type", "veth", "peer", "name",
                            "veth1").run();
                    int index = host.indexOf("veth0");
                    assertNotEquals(before, index, "the kernel gives each its own index");
                    before = index;
                    awaitHeld(nestmap, index);
                    say("an interface that is made", begun);
                    awaitShown(shell, "not as desired: 0");
                    begun = System.nanoTime();
                    // The kernel itself takes an interface that is deleted out of the map.
                    host.command("ip", "link", "delete", "veth0").run();
                    awaitShown(shell, "ifindex(\"veth0\"): no such network interface");
                    say("an interface that is deleted", begun);
                }
                host.command("ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1")
                        .run();
                int kept = host.indexOf("veth0");
                awaitHeld(nestmap, kept);
                host.command("ip", "link", "set", "veth0", "name", "other0").run();
                awaitShown(shell, "ifindex(\"veth0\"): no such network interface");
                assertEquals(Map.of(KEY, Bytes.u32le(kept)),
                        nestmap.kernelMap("ports").elements(), "the last good value stays");
                int peer = host.indexOf("veth1");
                host.command("ip", "link", "set", "veth1", "name", "veth0").run();
                awaitHeld(nestmap, peer);
                awaitShown(shell, "not as desired: 0");
            }
        }
    }

    @Test
    void numbersInPlainMapsFollowTheInterfaceAndAreMended() {
        try (BpfFilesystem pins = new BpfFilesystem();
                NetworkNamespaces namespaces = new NetworkNamespaces()) {
            Namespace host = namespaces.add("host");
            try (Nestmap nestmap = Nestmap.devIn(host, pins.folder("agent"), data);
                    Shell shell = nestmap.shell()) {
                shell.run("map create type percpu_array key 4 value 8 entries 1 name counters");
                shell.run("map create type hash key 4 value 8 entries 4 name pairs");
                shell.run("map create type array key 4 value 4 entries 4 name config");
                shell.run("map create type lpm_trie key 8 value 4 entries 4 name nets flags 1");
                shell.run("map create type lru_hash key 4 value 4 entries 4 name recent");
                shell.run(
                        "map create type array key 4 value 4 entries 2 name inner placement none");
                shell.run("map create type array_of_maps key 4 value 4 entries 1 name outer "
                        + "inner_map name inner publish sealed");
                shell.run("map update name pairs key 7 0 0 0 value ifindex veth0 cpus()");
                shell.run("map update name config key 0 0 0 0 value cpus()");
                shell.run("map update name config key 1 0 0 0 value ifindex veth0");
                shell.run("map update name config key 2 0 0 0 value 9 0 0 0");
                shell.run("map update name nets key 8 0 0 0 10 0 0 0 value ifindex veth0");
                shell.run("map update name recent key 7 0 0 0 value ifindex veth0");
                shell.run("map update name inner key 0 0 0 0 value ifindex veth0");
                shell.run("map update name inner key 1 0 0 0 value cpus()");
                shell.run("map update name outer key 0 0 0 0 value name inner");
                awaitShown(shell, "ifindex(\"veth0\"): no such network interface on this host");
                List<Bytes> counted = nestmap.kernelMap("counters")
                        .perCpuElements()
                        .get(Bytes.u32le(0));
                assertNotNull(counted);
                Bytes cpus = Bytes.u32le(counted.size());
                Bytes nine = Bytes.u32le(9);
                Bytes none = Bytes.u32le(0);
                awaitConfig(nestmap, cpus, none, nine, none);
                assertEquals(Map.of(), nestmap.kernelMap("pairs").elements());

                Bytes last = none;
                for (int round = 0; round < 3; round++) {
                    host.command("ip", "link", "add", "veth0", "type", "veth", "peer", "name",
                            "veth1").run();
                    long begun = System.nanoTime();
                    Bytes index = Bytes.u32le(host.indexOf("veth0"));
                    assertNotEquals(last, index, "the kernel gives each its own index");
                    awaitElements(nestmap, "pairs", Map.of(KEY, index.concat(cpus)));
                    say("an interface in a hash", begun);
                    awaitConfig(nestmap, cpus, index, nine, none);
                    awaitElements(nestmap, "nets", Map.of(NET, index));
                    awaitElements(nestmap, "recent", Map.of(KEY, index));
                    awaitInner(nestmap, index, cpus);
                    say("an interface in maps of four types and in a sealed one", begun);
                    awaitShown(shell, "not as desired: 0");
                    last = index;
                    host.command("ip", "link", "delete", "veth0").run();
                    awaitShown(shell, "ifindex(\"veth0\"): no such network interface");
                    awaitElements(nestmap, "pairs", Map.of(KEY, index.concat(cpus)));
                }
                host.command("ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1")
                        .run();
                Bytes index = Bytes.u32le(host.indexOf("veth0"));
                awaitConfig(nestmap, cpus, index, nine, none);
                awaitShown(shell, "not as desired: 0");
                long begun = System.nanoTime();
                nestmap.kernelMap("config").update(Bytes.u32le(0), Bytes.u32le(4242));
                nestmap.kernelMap("config").update(Bytes.u32le(1), Bytes.u32le(4242));
                nestmap.kernelMap("pairs").delete(KEY);
                awaitConfig(nestmap, cpus, index, nine, none);
                awaitElements(nestmap, "pairs", Map.of(KEY, index.concat(cpus)));
                say("tampering", begun);
                assertTrue(shell.run("map dump name pairs")
                        .contains("value: ifindex(\"veth0\"), cpus()"));
            }
        }
    }

    private static void awaitConfig(Nestmap nestmap, Bytes... values) {
        Map<Bytes, Bytes> wanted = new TreeMap<>();
        for (Bytes value : values) {
            wanted.put(Bytes.u32le(wanted.size()), value);
        }
        awaitElements(nestmap, "config", wanted);
    }

    private static void awaitElements(Nestmap nestmap, String map, Map<Bytes, Bytes> wanted) {
        Await.until(SOON, () -> nestmap.kernelMap(map).elements().equals(wanted),
                () -> "%s: %s is not %s".formatted(map, nestmap.kernelMap(map).elements(),
                        wanted));
    }

    /** What the slot holds now. */
    private static void awaitInner(Nestmap nestmap, Bytes... values) {
        Await.until(SOON, () -> inner(nestmap).equals(Map.of(Bytes.u32le(0), values[0],
                Bytes.u32le(1), values[1])), () -> inner(nestmap).toString());
    }

    private static Map<Bytes, Bytes> inner(Nestmap nestmap) {
        Bytes slot = nestmap.kernelMap("outer").elements().get(Bytes.u32le(0));
        return slot == null ? Map.of() : KernelMap.id(slot.intLe(0)).elements();
    }

    private static void awaitHeld(Nestmap nestmap, int index) {
        Await.until(SOON,
                () -> nestmap.kernelMap("ports")
                        .elements()
                        .equals(Map.of(KEY,
                                Bytes.u32le(index))),
                () -> nestmap.kernelMap("ports").elements() + " is not " + index);
    }

    /** What the store says of the node; the number of maps that are not as desired is told by the list. */
    private static void awaitShown(Shell shell, String words) {
        Await.until(SOON, () -> shown(shell).contains(words), () -> shown(shell));
    }

    private static String shown(Shell shell) {
        String node = shell.run("node show host");
        return node + (node.contains("not as desired") ? "" : "not as desired: 0");
    }

    private static void say(String what, long begunNanos) {
        System.out.printf("%s is followed, and seen by bpftool or the store, within %.0f ms%n",
                what, (System.nanoTime() - begunNanos) / 1e6);
    }
}
