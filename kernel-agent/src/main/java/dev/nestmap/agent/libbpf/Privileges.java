package dev.nestmap.agent.libbpf;

import dev.nestmap.model.map.MapType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Turns the EPERM of BPF_MAP_CREATE into what is missing and how to come by it. */
final class Privileges {
    /** The types whose kernel code asks for CAP_NET_ADMIN. */
    private static final Set<MapType> NETWORK_TYPES = EnumSet.of(MapType.DEVMAP,
            MapType.DEVMAP_HASH, MapType.SOCKMAP, MapType.SOCKHASH, MapType.XSKMAP);

    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_BPF = 39;

    private Privileges() {}

    /** What to do after EPERM, by this process' own capabilities. */
    static String advice(MapType type) {
        return advice(type, effectiveCapabilities());
    }

    /** As {@link #advice(MapType)}, for a set of capabilities as /proc/self/status has it. */
    static String advice(MapType type, long capabilities) {
        List<String> missing = new ArrayList<>();
        // CAP_SYS_ADMIN stands in for either of the other two.
        if (!has(capabilities, CAP_SYS_ADMIN)) {
            if (!has(capabilities, CAP_BPF)) {
                missing.add("CAP_BPF");
            }
            if (NETWORK_TYPES.contains(type) && !has(capabilities, CAP_NET_ADMIN)) {
                missing.add("CAP_NET_ADMIN");
            }
        }
        if (missing.isEmpty()) {
            return "this process has the capabilities that type " + type.word()
                    + " takes, but they count only in the host's own user namespace and where no"
                    + " seccomp filter or security module forbids bpf(2): run it outside of a"
                    + " rootless container, or start with --kernel=simulated";
        }
        return "this process lacks " + String.join(" and ", missing)
                + ": run it as root, or give it"
                + " CAP_BPF and CAP_NET_ADMIN (systemd: AmbientCapabilities=CAP_BPF CAP_NET_ADMIN;"
                + " by hand: setpriv --inh-caps +bpf,+net_admin --ambient-caps +bpf,+net_admin ...),"
                + " or start with --kernel=simulated";
    }

    private static boolean has(long capabilities, int capability) {
        return (capabilities >>> capability & 1) == 1;
    }

    private static long effectiveCapabilities() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
                }
            }
        } catch (IOException e) {
            // Without /proc nothing is known to be held; the advice then names all that is needed.
        }
        return 0;
    }
}
