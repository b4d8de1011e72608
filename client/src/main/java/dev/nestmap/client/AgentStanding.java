package dev.nestmap.client;

import dev.nestmap.proto.v1.AgentStatus;
import java.util.List;
import java.util.TreeMap;

/**
 * How an agent says that it stands, asked on its own host.
 *
 * @param node its name, its own labels, facts and report, as the store is told
 * @param server the member that is or was followed; empty before the first attempt
 * @param connectedMillis how long the stream to it is open; 0 where it is not
 * @param trouble why there is no stream; empty while there is one
 * @param stopped it follows no more until it is started anew
 * @param ready programs can rely on the maps
 * @param runsMillis since its start
 * @param restoredRevision to which the checkpoint brought the maps at the start; 0: to none
 * @param checkpointRevision what is on disk; 0: nothing
 * @param checkpointAgeMillis since that was written
 * @param checkpointTrouble what is wrong with it; empty while all is well
 * @param maps those that it holds in the kernel, by id
 */
public record AgentStanding(
        NodeDescription node,
        String server,
        long connectedMillis,
        String trouble,
        boolean stopped,
        boolean ready,
        long runsMillis,
        long restoredRevision,
        long checkpointRevision,
        long checkpointAgeMillis,
        String checkpointTrouble,
        List<HeldMap> maps) {
    /** Copies the list. */
    public AgentStanding {
        maps = List.copyOf(maps);
    }

    /**
     * A map in the kernel of a host.
     *
     * @param pin where programs find it; below {@code _inner} for one that is only in slots
     * @param kernelId the kernel's id of it
     * @param elements those that the agent wrote or found; in arrays those that are not zero
     * @param maxEntries what it has room for
     * @param generations former contents that are kept beside it
     */
    public record HeldMap(
            long mapId,
            String namespace,
            String name,
            String pin,
            int kernelId,
            long elements,
            long maxEntries,
            int generations) {}

    /** What an agent's message says. */
    public static AgentStanding of(AgentStatus status) {
        return new AgentStanding(
                new NodeDescription(status.getNode(), status.getConnected(),
                        new TreeMap<>(status.getLabelsMap()),
                        DecodeFleet.facts(status.getFacts()),
                        DecodeFleet.report(status.getReport()), 0),
                status.getServer(), status.getConnectedMillis(), status.getTrouble(),
                status.getStopped(), status.getReady(), status.getRunsMillis(),
                status.getRestoredRevision(), status.getCheckpointRevision(),
                status.getCheckpointAgeMillis(), status.getCheckpointTrouble(),
                status.getMapsList()
                        .stream()
                        .map(map -> new HeldMap(map.getMapId(), map.getNamespace(),
                                map.getName(), map.getPin(), map.getKernelId(),
                                map.getElements(), map.getMaxEntries(), map.getGenerations()))
                        .toList());
    }

    /** True where it follows the store and every map is as desired. */
    public boolean isWell() {
        NodeReport report = node.report();
        return node.connected() && !stopped && report != null && report.conditions().isEmpty();
    }
}
