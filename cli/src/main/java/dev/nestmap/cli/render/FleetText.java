package dev.nestmap.cli.render;

import dev.nestmap.cli.render.StoreStatus.MemberAnswer;
import dev.nestmap.client.AgentStanding;
import dev.nestmap.client.AppliedNodes;
import dev.nestmap.client.MemberStatus;
import dev.nestmap.client.NodeDescription;
import dev.nestmap.client.NodeFacts;
import dev.nestmap.client.NodeReport;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** For people. */
public final class FleetText implements FleetRenderer {
    /** Of one agent, told line by line. */
    private static final int MOST_DRIFTS = 20;

    @Override
    public String nodes(List<NodeDescription> nodes) {
        if (nodes.isEmpty()) {
            return "no nodes\n";
        }
        Table table = new Table("NODE", "AGENT", "LABELS", "APPLIED", "MAPS", "NOT AS DESIRED",
                "DRIFT", "KERNEL");
        for (NodeDescription node : nodes) {
            NodeReport report = node.report();
            table.row(node.name(), agent(node), labels(node.labels()),
                    report == null ? "" : Long.toString(report.appliedRevision()),
                    report == null ? "" : Integer.toString(report.maps()),
                    report == null ? "" : Integer.toString(report.conditions().size()),
                    report == null ? "" : Long.toString(openDrifts(report)),
                    kernel(node.facts()));
        }
        return table.toString();
    }

    @Override
    public String node(NodeDescription node) {
        StringBuilder out = new StringBuilder();
        out.append("%s: %s\n".formatted(node.name(), agent(node)));
        out.append("\tlabels %s\n".formatted(labels(node.labels())));
        details(out, node);
        return out.toString();
    }

    private static void details(StringBuilder out, NodeDescription node) {
        NodeFacts facts = node.facts();
        if (facts != null) {
            out.append("\tkernel %s  machine %s  possible_cpus %d  agent %s\n".formatted(
                    kernel(facts), facts.machine(), facts.possibleCpus(), facts.agentVersion()));
            out.append("\tpin_root %s\n".formatted(facts.pinRoot()));
            out.append(KernelText.of(facts));
        }
        NodeReport report = node.report();
        if (report != null) {
            out.append(
                    "\treceived %d  staged %d  applied %d  maps %d  last apply %.3f ms\n".formatted(
                            report.receivedRevision(), report.stagedRevision(),
                            report.appliedRevision(), report.maps(),
                            report.lastApplyMicros() / 1000.0));
            report.conditions()
                    .forEach(condition -> out.append(
                            "\tnot as desired: %s/%s (id %s), %s: %s%s\n"
                                    .formatted(
                                            condition.namespace(), condition.name(),
                                            Long.toUnsignedString(condition.mapId()),
                                            condition.appliedRevision() == 0
                                                    ? "never wholly applied"
                                                    : "applied at revision "
                                                            + condition.appliedRevision(),
                                            condition.message(),
                                            condition.retrying() ? " (trying again)" : "")));
        }
    }

    @Override
    public String agent(AgentStanding agent) {
        StringBuilder out = new StringBuilder();
        out.append("%s: %s\n".formatted(agent.node().name(), connection(agent)));
        out.append("\tlabels %s\n".formatted(labels(agent.node().labels())));
        out.append("\truns for %s  %s\n".formatted(time(agent.runsMillis()), agent.ready()
                ? "programs can rely on its maps"
                : "programs cannot rely on its maps yet"));
        details(out, agent.node());
        openDrifts(out, agent.node().report());
        out.append("\tcheckpoint %s\n".formatted(agent.checkpointRevision() == 0
                ? "none"
                : "of revision %d, written %s ago".formatted(agent.checkpointRevision(),
                        time(agent.checkpointAgeMillis()))));
        if (!agent.checkpointTrouble().isEmpty()) {
            out.append("\t%s\n".formatted(agent.checkpointTrouble()));
        }
        if (!agent.maps().isEmpty()) {
            Table table = new Table("MAP", "ID", "ELEMENTS", "ROOM FOR", "KEPT", "KERNEL ID",
                    "PIN");
            agent.maps()
                    .forEach(map -> table.row(map.namespace() + "/" + map.name(),
                            Long.toUnsignedString(map.mapId()), Long.toString(map.elements()),
                            Long.toString(map.maxEntries()), Integer.toString(map.generations()),
                            Integer.toUnsignedString(map.kernelId()), map.pin()));
            out.append(table);
        }
        return out.toString();
    }

    private static void openDrifts(StringBuilder out, @Nullable NodeReport report) {
        if (report == null) {
            return;
        }
        report.drifts()
                .stream()
                .filter(NodeReport.Drift::isOpen)
                .limit(MOST_DRIFTS)
                .forEach(drift -> out.append("\tdrift: %s/%s, %s, %s, since %s, %s\n".formatted(
                        drift.namespace(), drift.name(), drift.kind(), drift.key(),
                        drift.firstSeen().truncatedTo(ChronoUnit.SECONDS),
                        drift.state().replace('_', ' '))));
        long more = openDrifts(report) - MOST_DRIFTS;
        if (more > 0) {
            out.append("\tand %d more\n".formatted(more));
        }
    }

    private static String connection(AgentStanding agent) {
        if (agent.node().connected()) {
            return "follows %s for %s".formatted(agent.server(), time(agent.connectedMillis()));
        }
        String why = agent.trouble().isEmpty() ? "" : ": " + agent.trouble();
        return (agent.stopped() ? "follows no more" : "does not follow the store now") + why;
    }

    private static String time(long millis) {
        return millis < 60_000
                ? "%.1f s".formatted(millis / 1000.0)
                : "%d:%02d:%02d h".formatted(millis / 3_600_000, millis / 60_000 % 60,
                        millis / 1000 % 60);
    }

    @Override
    public String drifts(List<NodeDescription> nodes) {
        Table table = new Table("NODE", "MAP", "KIND", "KEY", "EXPECTED", "FOUND", "SINCE",
                "TIMES", "STATE");
        long unlisted = 0;
        int rows = 0;
        for (NodeDescription node : nodes) {
            NodeReport report = node.report();
            if (report == null) {
                continue;
            }
            unlisted += report.unlistedDrifts();
            for (NodeReport.Drift drift : report.drifts()) {
                rows++;
                table.row(node.name(), drift.namespace() + "/" + drift.name(), drift.kind(),
                        drift.key(), drift.expected(), drift.found(),
                        drift.firstSeen().truncatedTo(ChronoUnit.SECONDS).toString(),
                        Long.toString(drift.times()), state(drift));
            }
        }
        if (rows == 0) {
            return "no drift\n";
        }
        return unlisted == 0 ? table.toString() : table + "and %d more\n".formatted(unlisted);
    }

    private static String state(NodeReport.Drift drift) {
        return drift.mended()
                .filter(_ -> !drift.isOpen())
                .map(at -> "mended after %.1f s".formatted(
                        Duration.between(drift.lastSeen(), at).toMillis() / 1000.0))
                .orElseGet(() -> drift.state().replace('_', ' '))
                + (drift.note().isEmpty() ? "" : ": " + drift.note());
    }

    private static long openDrifts(NodeReport report) {
        return report.unlistedDrifts()
                + report.drifts().stream().filter(NodeReport.Drift::isOpen).count();
    }

    @Override
    public String applied(AppliedNodes nodes) {
        int all = nodes.applied().size() + nodes.missing().size();
        StringBuilder out = new StringBuilder();
        out.append("revision %d applied on %d of %d node%s%s\n".formatted(nodes.revision(),
                nodes.applied().size(), all, all == 1 ? "" : "s",
                nodes.applied().isEmpty() ? "" : ": " + String.join(", ", nodes.applied())));
        for (AppliedNodes.Laggard laggard : nodes.missing()) {
            out.append("\tnot yet on %s, which is at revision %d: %s\n".formatted(laggard.node(),
                    laggard.appliedRevision(), laggard.reason()));
        }
        return out.toString();
    }

    @Override
    public String status(StoreStatus store) {
        MemberStatus status = store.status();
        StringBuilder out = new StringBuilder();
        out.append("cluster %s  leader %s  term %d  revision %d\n".formatted(
                store.origin().clusterId(),
                status.leaderId().isEmpty() ? "none" : status.leaderId(), store.origin().term(),
                store.origin().revision()));
        out.append("maps %d  elements %d  agents %d  version %s  (said by %s)\n".formatted(
                status.maps(), status.elements(), status.followers(), status.version(),
                store.origin().memberId()));
        StringBuilder reasons = new StringBuilder();
        Table table = new Table("MEMBER", "STATE", "CLIENTS", "RAFT", "LOG APPLIED", "SNAPSHOT");
        for (MemberStatus.Member member : store.list()) {
            switch (store.members().get(member.id())) {
                case MemberAnswer.Up(MemberStatus own) -> table.row(member.id(),
                        own.serving() ? "leader" : "follower", member.clientAddress(),
                        raft(member), Long.toString(own.appliedIndex()),
                        Long.toString(own.snapshotIndex()));
                case MemberAnswer.Down(String reason) -> {
                    table.row(member.id(), "no answer", member.clientAddress(), raft(member), "",
                            "");
                    reasons.append("%s: %s\n".formatted(member.id(), reason));
                }
                case null -> table.row(member.id(), "not asked", member.clientAddress(),
                        raft(member), "", "");
            }
        }
        return out.append(table).append(reasons).toString();
    }

    /** A member without others listens for nobody. */
    private static String raft(MemberStatus.Member member) {
        return member.raftAddress().endsWith(":0") ? "" : member.raftAddress();
    }

    private static String agent(NodeDescription node) {
        if (node.connected()) {
            return "connected";
        }
        return node.lastHeardMillis() == 0
                ? "not seen"
                : "away for %.1f s".formatted(node.lastHeardMillis() / 1000.0);
    }

    private static String labels(Map<String, String> labels) {
        return labels.isEmpty()
                ? "none"
                : labels.entrySet()
                        .stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(","));
    }

    private static String kernel(@Nullable NodeFacts facts) {
        if (facts == null) {
            return "";
        }
        String release = facts.kernelRelease();
        return !facts.simulatedKernel() || release.equals("simulated")
                ? release
                : release + " (simulated)";
    }
}
