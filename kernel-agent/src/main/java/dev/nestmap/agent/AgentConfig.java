package dev.nestmap.agent;

import dev.nestmap.agent.reconcile.Reconciler;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.model.placement.Labels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an agent must be told.
 *
 * @param node the name of this host, unique in the cluster
 * @param servers members of the store, at least one, as in {@link ClientOptions#targets}; the agent finds the leader
 * @param labels the agent's own labels; those set in the store win over them
 * @param pinRoot absolute; where maps are pinned, one agent to each. Outside a bpffs, one is mounted there
 * @param keepGenerations how many former contents of each map that is published sealed stay in the kernel, so that going back
 *     to one of them is one batch; each takes as much memory as the map
 */
public record AgentConfig(
        String node,
        List<String> servers,
        Map<String, String> labels,
        Path pinRoot,
        int keepGenerations) {
    private static final int MOST_GENERATIONS = 100;

    /** Where maps are pinned unless told otherwise. */
    public static final Path DEFAULT_PIN_ROOT = Path.of("/sys/fs/bpf/nestmap");

    /** As many generations kept as agents keep unless told otherwise; refuses as the other constructor does. */
    public AgentConfig(String node, List<String> servers, Map<String, String> labels,
            Path pinRoot) {
        this(node, servers, labels, pinRoot, Reconciler.DEFAULT_KEEP_GENERATIONS);
    }

    /** Completes servers that have no port. Refuses a bad node name or label, a bad or no server, and a relative pin root, a number of generations below 0 or above 100, each by IllegalArgumentException. */
    public AgentConfig {
        labels = Map.copyOf(labels);
        Labels.checkNode(node).ifPresent(refusal -> refuse(refusal.rule()));
        labels.forEach((key, value) -> Labels.checkKey(key)
                .or(() -> Labels.checkValue(value))
                .ifPresent(refusal -> refuse(refusal.rule())));
        servers = ClientOptions.defaults().withTargets(servers).targets();
        if (!pinRoot.isAbsolute()) {
            refuse("pin root " + pinRoot + ": must be an absolute path");
        }
        if (keepGenerations < 0 || keepGenerations > MOST_GENERATIONS) {
            refuse("keep generations: must be from 0 to " + MOST_GENERATIONS + ", not "
                    + keepGenerations);
        }
    }

    private static void refuse(String rule) {
        throw new IllegalArgumentException(rule);
    }
}
