package dev.nestmap.agent;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelProbe;
import dev.nestmap.agent.libbpf.Bpffs;
import dev.nestmap.agent.libbpf.PrivilegeDrop;
import dev.nestmap.agent.libbpf.PrivilegeWords;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an agent on this host's kernel may do: it needs CAP_BPF, and CAP_NET_ADMIN for some map types; never CAP_SYS_ADMIN. */
public final class HostPrivileges {
    private static final Logger LOG = LoggerFactory.getLogger(HostPrivileges.class);

    private HostPrivileges() {}

    /**
     * Does what takes more, and then gives up the rest: where this process has other capabilities, it mounts a bpffs if the pin root
     * lies in none, and the process starts anew without them, from its first line and with the same id. So this is to be called
     * first of all. Returns where there is nothing to give up.
     *
     * @throws KernelException where either fails; the process is then to end
     */
    public static void drop(Path pinRoot) throws KernelException {
        if (PrivilegeDrop.isDue()) {
            Bpffs.ensureMounted(pinRoot)
                    .ifPresent(mountPoint -> LOG.info("mounted a bpffs on {}", mountPoint));
            PrivilegeDrop.perform();
        }
    }

    /** What this process may do and what it can manage on this kernel, as found out by trying: a sentence each. */
    public static List<String> words(Kernel kernel) throws KernelException {
        List<String> words = new ArrayList<>();
        words.add("runs with " + PrivilegeWords.ofThisProcess());
        Set<MapType> types = kernel.features().mapTypes();
        String missing = Arrays.stream(MapType.values())
                .filter(type -> !types.contains(type))
                .map(MapType::word)
                .collect(Collectors.joining(", "));
        words.add(missing.isEmpty()
                ? "can create maps of every type"
                : "can create maps of every type but " + missing
                        + PrivilegeWords.whyWithoutNetworkTypes());
        KernelProbe probe = kernel.features().probe();
        words.add(can(probe.mapFlags().contains("zero_seed"))
                + "create maps with BPF_F_ZERO_SEED, which takes CAP_SYS_ADMIN");
        words.add(can(probe.mapFlags().contains("mmapable") && probe.mmap())
                + "create maps with BPF_F_MMAPABLE and fill them through their memory");
        words.add(can(probe.mapFlags().contains("inner_map"))
                + "create maps with BPF_F_INNER_MAP");
        words.add(can(probe.freeze()) + "freeze maps, as tables that are published sealed are");
        words.add(can(probe.btf()) + "give maps the types of their keys and values (BTF)");
        words.add(slots(probe));
        return words;
    }

    private static String can(boolean can) {
        return can ? "can " : "cannot ";
    }

    private static String slots(KernelProbe probe) {
        String one = "%.1f ms for one slot".formatted(millis(probe.outerUpdateTime()));
        return probe.outerBatch()
                ? "can set many slots of an outer map by one system call: %.1f ms for %d slots, %s"
                        .formatted(millis(probe.outerBatchTime()), KernelProbe.OUTER_BATCH_SLOTS,
                                one)
                : "cannot set many slots of an outer map by one system call (Linux 5.19 can): %s"
                        .formatted(one);
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
