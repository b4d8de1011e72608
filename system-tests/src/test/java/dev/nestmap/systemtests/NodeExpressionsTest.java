package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Namespace;
import dev.nestmap.systemtests.rig.Nestmap;
import dev.nestmap.systemtests.rig.NetworkNamespaces;
import dev.nestmap.systemtests.rig.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces of a host of the test come, go and are renamed under an agent whose DEVMAP_HASH names them. */
class NodeExpressionsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Bytes KEY = Bytes.u32le(7);

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
