package dev.nestmap.systemtests.rig;

import java.util.ArrayList;
import java.util.List;

/**
 * Network namespaces with fresh names, joined by veth pairs. Nothing is added to the network of the
 * machine itself. Closing deletes them, and with them their devices.
 */
public final class NetworkNamespaces implements AutoCloseable {
    private final String prefix = Ownership.freshName();
    private final List<Namespace> namespaces = new ArrayList<>();

    /** Clears away first what runs that were killed left behind. */
    public NetworkNamespaces() {
        Command.of("ip", "netns", "list")
                .run()
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .filter(Ownership::isLeftOver)
                .forEach(NetworkNamespaces::delete);
    }

    /** Adds a namespace with its loopback device up and without IPv6, whose solicitations disturb. */
    public Namespace add(String role) {
        Namespace namespace = new Namespace(prefix + "-" + role);
        Command.of("ip", "netns", "add", namespace.name()).run();
        namespaces.add(namespace);
        namespace.command("sh", "-c", "for f in all default; do"
                + " [ ! -d /proc/sys/net/ipv6 ] || echo 1 > /proc/sys/net/ipv6/conf/$f/disable_ipv6; done")
                .run();
        namespace.command("ip", "link", "set", "lo", "up").run();
        return namespace;
    }

    /** Joins two namespaces by a veth pair and sets both ends up. */
    public void join(Namespace left, String leftDevice, Namespace right, String rightDevice) {
        Command.of("ip", "link", "add", leftDevice, "netns", left.name(), "type", "veth", "peer",
                "name",
                rightDevice, "netns", right.name()).run();
        left.command("ip", "link", "set", leftDevice, "up").run();
        right.command("ip", "link", "set", rightDevice, "up").run();
    }

    @Override
    public void close() {
        namespaces.reversed().forEach(namespace -> delete(namespace.name()));
        namespaces.clear();
    }

    // A process that still runs in a namespace would keep it and its devices alive.
    private static void delete(String name) {
        Command.of("ip", "netns", "pids", name)
                .attempt()
                .out()
                .lines()
                .map(Long::parseLong)
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        Command.of("ip", "netns", "delete", name).attempt();
    }
}
