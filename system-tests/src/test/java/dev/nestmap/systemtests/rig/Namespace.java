package dev.nestmap.systemtests.rig;

import java.net.ServerSocket;

/** One network namespace of {@link NetworkNamespaces}: a host of the test. */
public record Namespace(String name) {
    /**
     * A command that runs in this namespace. Only the network is another: unlike {@code ip netns exec}
     * this keeps the mounts, so that pins are where they were.
     */
    public Command command(String... words) {
        return Command.of("nsenter", "--net=/run/netns/" + name, "--").and(words);
    }

    /** Listens on this host's loopback device, from within this process. */
    public ServerSocket listen(int port) {
        return NamespaceSockets.listen(this, port);
    }

    /** Gives a device an address, such as {@code 10.77.0.1/24}. */
    public void address(String device, String address) {
        command("ip", "address", "add", address, "dev", device).run();
    }

    /** Sets the hardware address of a device. */
    public void hardwareAddress(String device, String hardwareAddress) {
        command("ip", "link", "set", device, "address", hardwareAddress).run();
    }

    /** Says for good where a neighbour is, which saves the ARP exchange. */
    public void neighbour(String device, String address, String hardwareAddress) {
        command("ip", "neighbour", "replace", address, "lladdr", hardwareAddress, "dev", device,
                "nud", "permanent")
                .run();
    }

    /** The interface index of a device: what a DEVMAP holds. */
    public int indexOf(String device) {
        String line = command("ip", "-oneline", "link", "show", "dev", device).run();
        return Integer.parseInt(line.substring(0, line.indexOf(':')));
    }
}
