package dev.nestmap.agent.libbpf;

import dev.nestmap.model.map.MapType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Turns the EPERM of BPF_MAP_CREATE into what is missing and how to come by it. */
final class Privileges {
    /** The types whose kernel code asks for CAP_NET_ADMIN. */
    private static final Set<MapType> NETWORK_TYPES = EnumSet.of(MapType.DEVMAP,
            MapType.DEVMAP_HASH, MapType.SOCKMAP, MapType.SOCKHASH, MapType.XSKMAP);

    private Privileges() {}

    /** What to do after EPERM, by this process' own capabilities. */
    static String advice(MapType type) {
        return advice(type, Capabilities.ofThisProcess("CapEff"));
    }

    /** As {@link #advice(MapType)}, for a set of capabilities as /proc/self/status has it. */
    static String advice(MapType type, Capabilities capabilities) {
        List<String> missing = new ArrayList<>();
        // CAP_SYS_ADMIN stands in for either of the other two.
        if (!capabilities.has(Capabilities.SYS_ADMIN)) {
            if (!capabilities.has(Capabilities.BPF)) {
                missing.add("CAP_BPF");
            }
            if (NETWORK_TYPES.contains(type)
                    && !capabilities.has(Capabilities.NET_ADMIN)) {
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
}
