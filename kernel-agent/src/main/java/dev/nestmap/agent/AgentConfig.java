package dev.nestmap.agent;

import dev.nestmap.model.placement.Labels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an agent must be told.
 *
 * @param node the name of this host, unique in the cluster
 * @param servers host:port of members of the store, at least one; the agent finds the leader among them
 * @param labels the agent's own labels; those set in the store win over them
 * @param pinRoot absolute; where maps are pinned, one agent to each. Outside a bpffs, one is mounted there
 */
public record AgentConfig(
        String node,
        List<String> servers,
        Map<String, String> labels,
        Path pinRoot) {
    /** Where maps are pinned unless told otherwise. */
    public static final Path DEFAULT_PIN_ROOT = Path.of("/sys/fs/bpf/nestmap");

    /** Refuses a bad node name or label, no server, and a relative pin root, each by IllegalArgumentException. */
    public AgentConfig {
        servers = List.copyOf(servers);
        labels = Map.copyOf(labels);
        Labels.checkNode(node).ifPresent(refusal -> refuse(refusal.rule()));
        labels.forEach((key, value) -> Labels.checkKey(key)
                .or(() -> Labels.checkValue(value))
                .ifPresent(refusal -> refuse(refusal.rule())));
        if (servers.isEmpty()) {
            refuse("no server is named: at least one host:port is needed");
        }
        if (!pinRoot.isAbsolute()) {
            refuse("pin root " + pinRoot + ": must be an absolute path");
        }
    }

    private static void refuse(String rule) {
        throw new IllegalArgumentException(rule);
    }
}
