package dev.nestmap.agent;

import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.reconcile.Reconciler;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.model.placement.Labels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent must be told.
 *
 * @param node the name of this host, unique in the cluster
 * @param servers members of the store, at least one, as in {@link ClientOptions#targets}; the agent finds the leader
 * @param labels the agent's own labels; those set in the store win over them
 * @param pinRoot absolute; where maps are pinned, one agent to each. Outside a bpffs, one is mounted there
 * @param stateDirectory absolute; where the last state that was received is kept on disk, for the time after a reboot. Agents with
 *     different pin roots can share one. Empty: nothing is kept
 * @param keepGenerations how many former contents of each map that is published sealed stay in the kernel, so that going back
 *     to one of them is one batch; each takes as much memory as the map
 * @param drift how what others change is looked for
 */
public record AgentConfig(
        String node,
        List<String> servers,
        Map<String, String> labels,
        Path pinRoot,
        Optional<Path> stateDirectory,
        int keepGenerations,
        DriftOptions drift) {
    private static final int MOST_GENERATIONS = 100;

    /** Where maps are pinned unless told otherwise. */
    public static final Path DEFAULT_PIN_ROOT = Path.of("/sys/fs/bpf/nestmap");
    /** Where an agent of this host keeps its state unless told otherwise. */
    public static final Path DEFAULT_STATE_DIRECTORY = Path.of("/var/lib/nestmap-agent");

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
        stateDirectory.filter(directory -> !directory.isAbsolute())
                .ifPresent(directory -> refuse(
                        "state directory " + directory + ": must be an absolute path"));
    }

    /** An agent that keeps no state on disk, and as many generations as agents keep unless told otherwise. */
    public AgentConfig(String node, List<String> servers, Map<String, String> labels,
            Path pinRoot) {
        this(node, servers, labels, pinRoot, Optional.empty(),
                Reconciler.DEFAULT_KEEP_GENERATIONS);
    }

    /** An agent that looks for what others change as agents do unless told otherwise. */
    public AgentConfig(String node, List<String> servers, Map<String, String> labels,
            Path pinRoot, Optional<Path> stateDirectory, int keepGenerations) {
        this(node, servers, labels, pinRoot, stateDirectory, keepGenerations,
                DriftOptions.DEFAULT);
    }

    /** The same agent, looking otherwise for what others change. */
    public AgentConfig withDrift(DriftOptions options) {
        return new AgentConfig(node, servers, labels, pinRoot, stateDirectory, keepGenerations,
                options);
    }

    /** The same agent, with another place for its state. */
    public AgentConfig withStateDirectory(Path directory) {
        return new AgentConfig(node, servers, labels, pinRoot, Optional.of(directory),
                keepGenerations, drift);
    }

    /** Where the state of this very agent is kept: below the state directory, named by the pin root. */
    Optional<Path> checkpointDirectory() {
        return stateDirectory.map(directory -> ownDirectory(directory, pinRoot));
    }

    /** The Unix socket at which the agent of a pin root says how it stands, if it runs with this state directory. */
    public static Path statusSocket(Path stateDirectory, Path pinRoot) {
        return ownDirectory(stateDirectory, pinRoot).resolve("status");
    }

    private static Path ownDirectory(Path stateDirectory, Path pinRoot) {
        String root = pinRoot.normalize().toString();
        // Every path has a name of its own: a slash becomes a dash, and a dash no longer stands for itself.
        String name = root.substring(1).replace("%", "%25").replace("-", "%2D").replace('/', '-');
        return stateDirectory.resolve(name.isEmpty() ? "-" : name);
    }

    private static void refuse(String rule) {
        throw new IllegalArgumentException(rule);
    }
}
