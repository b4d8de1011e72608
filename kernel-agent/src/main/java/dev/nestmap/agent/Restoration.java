package dev.nestmap.agent;

import dev.nestmap.agent.checkpoint.Saved;
import dev.nestmap.agent.follow.ClusterMark.Mark;
import java.util.Optional;

/**
 * What an agent does at its start, before the store has said anything.
 *
 * @param state what is brought into the kernel; empty: the kernel is left as it is
 * @param words what is done and why
 * @param ready programs can rely on the maps as they are
 */
record Restoration(Optional<Saved> state, String words, boolean ready) {
    /**
     * A checkpoint is taken where it is this agent's, and cannot be older than what an agent before has handed to the kernel: what
     * programs see must not go back.
     *
     * @param pinned whose maps are pinned; empty where none are, as after a reboot
     */
    static Restoration of(Optional<Saved> saved, Optional<Mark> pinned, AgentConfig config) {
        if (saved.isEmpty()) {
            return without(pinned, "there is no checkpoint");
        }
        Saved state = saved.get();
        long revision = state.desired().revision();
        if (!state.node().equals(config.node())) {
            return without(pinned, "the checkpoint is that of node %s, this is node %s"
                    .formatted(state.node(), config.node()));
        }
        if (!state.pinRoot().equals(config.pinRoot().toString())) {
            return without(pinned, "the checkpoint is for pin root %s, this is %s"
                    .formatted(state.pinRoot(), config.pinRoot()));
        }
        if (pinned.isPresent() && !pinned.get().clusterId().equals(state.clusterId())) {
            return without(pinned,
                    "the checkpoint is of cluster %s, the maps that are pinned here are those of cluster %s"
                            .formatted(state.clusterId(), pinned.get().clusterId()));
        }
        if (pinned.isPresent() && pinned.get().revision().isEmpty()) {
            return without(pinned, "how new the maps are that are pinned here is not known");
        }
        if (pinned.isPresent() && pinned.get().revision().getAsLong() > revision) {
            return without(pinned,
                    "the checkpoint is of revision %d, the maps that are pinned here may be as new as %d"
                            .formatted(revision, pinned.get().revision().getAsLong()));
        }
        String labels = state.labels().equals(config.labels())
                ? ""
                : "; it was written under other labels (%s)".formatted(state.labels());
        return new Restoration(saved,
                "maps are brought to revision %d of cluster %s, which the checkpoint holds%s"
                        .formatted(revision, state.clusterId(), labels),
                false);
    }

    /**
     * True where an agent before wrote a checkpoint of what it did to the maps that are pinned here, however old it is: it tells
     * what of shared maps is ours.
     */
    static boolean isOurs(Saved saved, Optional<Mark> pinned, AgentConfig config) {
        return saved.node().equals(config.node())
                && saved.pinRoot().equals(config.pinRoot().toString())
                && pinned.filter(mark -> mark.clusterId().equals(saved.clusterId())).isPresent();
    }

    private static Restoration without(Optional<Mark> pinned, String why) {
        return pinned.isPresent()
                ? new Restoration(Optional.empty(),
                        why + ": the maps that are pinned here stay as they are until the store answers",
                        true)
                : new Restoration(Optional.empty(),
                        why + ": there are no maps until the store answers", false);
    }
}
