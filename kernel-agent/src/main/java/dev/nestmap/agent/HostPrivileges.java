package dev.nestmap.agent;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.libbpf.Bpffs;
import dev.nestmap.agent.libbpf.PrivilegeDrop;
import dev.nestmap.agent.libbpf.PrivilegeWords;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
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
        words.add(ability(kernel, "BPF_F_ZERO_SEED, which takes CAP_SYS_ADMIN",
                KernelMapSpec.of(MapType.HASH, 4, 4, 1, MapFlags.ZERO_SEED)));
        words.add(ability(kernel, "BPF_F_MMAPABLE",
                KernelMapSpec.of(MapType.ARRAY, 4, 4, 1, MapFlags.MMAPABLE)));
        words.add(ability(kernel, "BPF_F_INNER_MAP",
                KernelMapSpec.of(MapType.ARRAY, 4, 4, 1, MapFlags.INNER_MAP)));
        return words;
    }

    private static String ability(Kernel kernel, String flag, KernelMapSpec spec) {
        try {
            kernel.create("probe", spec, null).close();
            return "can create maps with " + flag;
        } catch (KernelException e) {
            return "cannot create maps with " + flag;
        }
    }
}
