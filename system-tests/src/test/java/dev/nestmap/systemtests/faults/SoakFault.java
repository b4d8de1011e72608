package dev.nestmap.systemtests.faults;

import dev.nestmap.systemtests.rig.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Something that goes wrong for a while.
 *
 * @param name what the summary counts
 * @param target no two with the same at a time
 */
record SoakFault(String name, String target, Supplier<Runnable> begin) {
    /** The maps that others write into. */
    private static final List<String> TAMPERED = List.of("flows", "params", "prefixes");

    /** Begins; what is given mends it. */
    Runnable start() {
        return begin.get();
    }

    /** One of all that there are. */
    static List<SoakFault> all(Members members, List<SoakHost> hosts, Random random) {
        List<SoakFault> all = new ArrayList<>();
        all.add(new SoakFault("server killed", "servers",
                () -> down(members, List.of("a", "b", "c").get(random.nextInt(3)))));
        all.add(new SoakFault("leader killed", "servers",
                () -> members.leader().map(id -> down(members, id)).orElse(() -> {})));
        all.add(new SoakFault("leader paused", "servers", () -> {
            Optional<Long> pid = members.leader().map(members::pid);
            pid.ifPresent(id -> signal(id, "STOP"));
            return () -> pid.ifPresent(id -> signal(id, "CONT"));
        }));
        for (SoakHost host : hosts) {
            all.addAll(of(host, random));
        }
        return all;
    }

    private static List<SoakFault> of(SoakHost host, Random random) {
        String device = SoakWorkload.DEVICES.get(random.nextInt(SoakWorkload.DEVICES.size()));
        return List.of(new SoakFault("agent killed", host.name(), () -> {
            host.kill();
            return host::startWhereItEnded;
        }), new SoakFault("agent paused", host.name(), () -> {
            host.signal("STOP");
            return () -> host.signal("CONT");
        }), new SoakFault("agent cut off", host.name() + " network", () -> {
            host.cutOff();
            return host::connect;
        }), new SoakFault("disk full", host.name() + " disk", () -> {
            host.fillDisk();
            return host::emptyDisk;
        }), new SoakFault("bpffs unmounted", host.name() + " pins", () -> {
            host.unmountPins();
            return host::mountPins;
        }), new SoakFault("foreign writer while the agent was dead", host.name(), () -> {
            host.kill();
            TAMPERED.forEach(map -> tamper(host, map, random));
            return host::startWhereItEnded;
        }), new SoakFault("foreign writer beside the agent", host.name(), () -> {
            String map = TAMPERED.get(random.nextInt(TAMPERED.size()));
            if (host.takesTampering(map)) {
                tamper(host, map, random);
            }
            // The agent mends it.
            return () -> {};
        }), new SoakFault("pin removed beside the agent", host.name() + " pins", () -> {
            if (host.takesTampering("params pin")) {
                Command.of("rm", "-f", host.pinned().resolve("params").toString()).attempt();
            }
            return () -> {};
        }), new SoakFault("interface renamed", host.name() + " devices", () -> {
            host.renameDevice(device, "away");
            return () -> host.renameDevice("away", device);
        }), new SoakFault("interface re-created", host.name() + " devices", () -> {
            host.deleteDevice(device);
            return () -> host.addDevice(device);
        }));
    }

    /** Changes what no program of ours counts on; where the pins are gone there is nothing to change. */
    private static void tamper(SoakHost host, String map, Random random) {
        List<List<String>> changes = switch (map) {
            case "flows" -> List.of(
                    List.of("key", "200", "0", "0", "0", "value", byteOf(random), "0", "0", "0",
                            "0", "0", "0", "0"),
                    List.of("key", Integer.toString(random.nextInt(16)), "0", "0", "0", "value",
                            byteOf(random), "0", "0", "0", "0", "0", "0", "9"));
            case "params" -> List.of(List.of("key", Integer.toString(random.nextInt(16)), "0", "0",
                    "0", "value", byteOf(random), "1", "1", "1", "1", "1", "1", "1"));
            case "prefixes" -> List.of(List.of("key", "24", "0", "0", "0", "10", "9", "9", "0",
                    "value", byteOf(random), "0", "0", "0", "0", "0", "0", "0"));
            default -> throw new AssertionError(map);
        };
        for (List<String> words : changes) {
            Command.of("bpftool", "map", "update", "pinned")
                    .and(host.pinned().resolve(map).toString())
                    .and(words)
                    .attempt();
        }
    }

    private static String byteOf(Random random) {
        return Integer.toString(1 + random.nextInt(250));
    }

    private static Runnable down(Members members, String id) {
        if (!members.isRunning(id)) {
            return () -> {};
        }
        members.kill(id);
        return () -> members.start(id);
    }

    private static void signal(long pid, String name) {
        Command.of("kill", "-" + name, Long.toString(pid)).attempt();
    }
}
