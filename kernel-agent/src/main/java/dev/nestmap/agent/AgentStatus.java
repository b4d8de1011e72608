package dev.nestmap.agent;

import dev.nestmap.agent.checkpoint.Checkpointed;
import dev.nestmap.agent.drift.DriftReport;
import dev.nestmap.agent.reconcile.Condition;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.agent.reconcile.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an agent stands, as of one moment.
 *
 * @param connected a stream to the store is open, and it has sent something
 * @param server the member that is or was last followed; empty before the first attempt
 * @param trouble why there is no stream, or why there will be none again (then {@code stopped}); empty while all is well
 * @param stopped the agent follows no more until it is started anew; maps stay as they are
 * @param receivedRevision everything up to this was received; 0: nothing yet
 * @param progress what is in the kernel
 * @param lastApply from receiving the last difference to the kernel holding it
 * @param restoredRevision the revision that maps were brought to at the start from the state on disk; 0: from none
 * @param connectedFor how long the stream is open; empty where there is none
 * @param runsFor since the start of the agent
 * @param checkpoint the newest state on disk; empty where there is none
 * @param checkpointTrouble why the newest state is not on disk, or why that on disk was not taken; empty while all is well
 */
public record AgentStatus(
        boolean connected,
        Optional<String> server,
        Optional<String> trouble,
        boolean stopped,
        long receivedRevision,
        Progress progress,
        Duration lastApply,
        long restoredRevision,
        Optional<Duration> connectedFor,
        Duration runsFor,
        Optional<Checkpointed> checkpoint,
        Optional<String> checkpointTrouble) {
    /** Everything up to this is in the kernel, but for what the conditions say; 0: nothing yet. */
    public long appliedRevision() {
        return progress.appliedRevision();
    }

    /** One for each map that is not as desired, by map id. */
    public List<Condition> conditions() {
        return progress.conditions();
    }

    /** What this agent holds in the kernel, by map id. Made anew by each call, by a walk over all maps. */
    public List<HeldMap> maps() {
        return progress.maps();
    }

    /** What others changed on this host, and what became of it. */
    public DriftReport drift() {
        return progress.drift();
    }
}
