package dev.nestmap.cli.render;

import dev.nestmap.cli.render.StoreStatus.MemberAnswer;
import dev.nestmap.client.AgentStanding;
import dev.nestmap.client.AppliedNodes;
import dev.nestmap.client.MemberStatus;
import dev.nestmap.client.NodeDescription;
import dev.nestmap.client.NodeFacts;
import dev.nestmap.client.NodeReport;
import java.util.List;
import java.util.Optional;

/** For programs. Names are those of the wire contract. */
public final class FleetJson implements FleetRenderer {
    private final Json form;

    /** Renders in a form. */
    public FleetJson(Json form) {
        this.form = form;
    }

    @Override
    public String nodes(List<NodeDescription> nodes) {
        return form.text(out -> {
            out.array();
            nodes.forEach(node -> describe(out, node));
            out.endArray();
        });
    }

    @Override
    public String node(NodeDescription node) {
        return form.text(out -> describe(out, node));
    }

    @Override
    public String drifts(List<NodeDescription> nodes) {
        return form.text(out -> {
            out.array();
            for (NodeDescription node : nodes) {
                NodeReport report = node.report();
                if (report != null) {
                    report.drifts().forEach(drift -> drift(out, Optional.of(node.name()), drift));
                }
            }
            out.endArray();
        });
    }

    private static void drift(JsonWriter out, Optional<String> node, NodeReport.Drift drift) {
        out.object();
        node.ifPresent(name -> out.member("node", name));
        out.name("map_id")
                .unsigned(drift.mapId())
                .member("namespace", drift.namespace())
                .member("name", drift.name())
                .member("kind", drift.kind())
                .member("key", drift.key())
                .member("expected", drift.expected())
                .member("found", drift.found())
                .member("first_seen", drift.firstSeen().toString())
                .member("last_seen", drift.lastSeen().toString())
                .member("times", drift.times())
                .member("state", drift.state())
                .member("note", drift.note());
        drift.mended().ifPresent(at -> out.member("mended", at.toString()));
        out.endObject();
    }

    @Override
    public String applied(AppliedNodes nodes) {
        return form.text(out -> {
            out.object()
                    .member("revision", nodes.revision())
                    .member("applied", nodes.applied())
                    .name("missing")
                    .array();
            nodes.missing()
                    .forEach(laggard -> out.object()
                            .member("node", laggard.node())
                            .member("applied_revision", laggard.appliedRevision())
                            .member("reason", laggard.reason())
                            .endObject());
            out.endArray().endObject();
        });
    }

    @Override
    public String status(StoreStatus store) {
        MemberStatus status = store.status();
        return form.text(out -> {
            out.object()
                    .member("cluster_id", store.origin().clusterId())
                    .member("member_id", store.origin().memberId())
                    .member("leader_id", status.leaderId())
                    .member("term", store.origin().term())
                    .member("revision", store.origin().revision())
                    .member("maps", status.maps())
                    .member("elements", status.elements())
                    .member("agents", status.followers())
                    .member("applied_index", status.appliedIndex())
                    .member("snapshot_index", status.snapshotIndex())
                    .member("version", status.version())
                    .name("members")
                    .array();
            store.list().forEach(member -> member(out, member, store));
            out.endArray().endObject();
        });
    }

    private static void member(JsonWriter out, MemberStatus.Member member, StoreStatus store) {
        out.object()
                .member("id", member.id())
                .member("raft_address", member.raftAddress())
                .member("client_address", member.clientAddress());
        switch (store.members().get(member.id())) {
            case MemberAnswer.Up(MemberStatus own) -> out.name("serving")
                    .truth(own.serving())
                    .member("applied_index", own.appliedIndex())
                    .member("snapshot_index", own.snapshotIndex());
            case MemberAnswer.Down(String reason) -> out.member("error", reason);
            case null -> {
                // It was not asked: nothing is known.
            }
        }
        out.endObject();
    }

    private static void describe(JsonWriter out, NodeDescription node) {
        out.object()
                .member("name", node.name())
                .name("connected")
                .truth(node.connected())
                .member("last_heard_millis", node.lastHeardMillis())
                .name("labels")
                .object();
        node.labels().forEach(out::member);
        out.endObject();
        details(out, node);
        out.endObject();
    }

    private static void details(JsonWriter out, NodeDescription node) {
        NodeFacts facts = node.facts();
        if (facts != null) {
            facts(out.name("facts"), facts);
        }
        NodeReport report = node.report();
        if (report != null) {
            report(out.name("report"), report);
        }
    }

    @Override
    public String agent(AgentStanding agent) {
        return form.text(out -> {
            out.object()
                    .member("name", agent.node().name())
                    .name("connected")
                    .truth(agent.node().connected())
                    .member("server", agent.server())
                    .member("connected_millis", agent.connectedMillis())
                    .member("trouble", agent.trouble())
                    .name("stopped")
                    .truth(agent.stopped())
                    .name("ready")
                    .truth(agent.ready())
                    .member("runs_millis", agent.runsMillis())
                    .member("restored_revision", agent.restoredRevision())
                    .name("checkpoint")
                    .object()
                    .member("revision", agent.checkpointRevision())
                    .member("age_millis", agent.checkpointAgeMillis())
                    .member("trouble", agent.checkpointTrouble())
                    .endObject()
                    .name("labels")
                    .object();
            agent.node().labels().forEach(out::member);
            out.endObject();
            details(out, agent.node());
            out.name("maps").array();
            agent.maps()
                    .forEach(map -> out.object()
                            .name("id")
                            .unsigned(map.mapId())
                            .member("namespace", map.namespace())
                            .member("name", map.name())
                            .member("pin", map.pin())
                            .member("kernel_id", Integer.toUnsignedLong(map.kernelId()))
                            .member("elements", map.elements())
                            .member("max_entries", map.maxEntries())
                            .member("generations", map.generations())
                            .endObject());
            out.endArray().endObject();
        });
    }

    private static void facts(JsonWriter out, NodeFacts facts) {
        out.object()
                .member("kernel_release", facts.kernelRelease())
                .member("machine", facts.machine())
                .member("possible_cpus", facts.possibleCpus())
                .member("agent_version", facts.agentVersion())
                .name("simulated_kernel")
                .truth(facts.simulatedKernel())
                .member("supported_types",
                        facts.supportedTypes().stream().map(type -> type.word()).toList())
                .member("pin_root", facts.pinRoot())
                .member("capabilities", facts.capabilities());
        NodeFacts.Probe probe = facts.probe();
        if (probe != null) {
            out.name("probe")
                    .object()
                    .member("map_flags", probe.mapFlags())
                    .name("outer_batch")
                    .truth(probe.outerBatch())
                    .member("outer_batch_micros", probe.outerBatchMicros())
                    .member("outer_update_micros", probe.outerUpdateMicros())
                    .name("freeze")
                    .truth(probe.freeze())
                    .name("mmap")
                    .truth(probe.mmap())
                    .name("btf")
                    .truth(probe.btf())
                    .endObject();
        }
        out.endObject();
    }

    private static void report(JsonWriter out, NodeReport report) {
        out.object()
                .member("received_revision", report.receivedRevision())
                .member("staged_revision", report.stagedRevision())
                .member("applied_revision", report.appliedRevision())
                .member("maps", report.maps())
                .member("last_apply_micros", report.lastApplyMicros())
                .name("conditions")
                .array();
        report.conditions()
                .forEach(condition -> out.object()
                        .name("map_id")
                        .unsigned(condition.mapId())
                        .member("namespace", condition.namespace())
                        .member("name", condition.name())
                        .member("applied_revision", condition.appliedRevision())
                        .member("errno", condition.errno())
                        .member("message", condition.message())
                        .name("retrying")
                        .truth(condition.retrying())
                        .endObject());
        out.endArray().name("drifts").array();
        report.drifts().forEach(drift -> drift(out, Optional.empty(), drift));
        out.endArray().member("unlisted_drifts", report.unlistedDrifts()).endObject();
    }
}
