package dev.nestmap.client;

import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.model.map.MapType;
import dev.nestmap.proto.v1.Drift;
import dev.nestmap.proto.v1.KernelProbe;
import dev.nestmap.proto.v1.Node;
import dev.nestmap.proto.v1.Report;
import dev.nestmap.proto.v1.StatusResponse;
import dev.nestmap.proto.v1.WaitAppliedResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** From answers about nodes and members to what callers get. */
final class DecodeFleet {
    private DecodeFleet() {}

    static NodeDescription node(Node node) throws InvalidMessageException {
        if (node.getName().isEmpty()) {
            throw new InvalidMessageException("a node without a name");
        }
        return new NodeDescription(node.getName(), node.getConnected(),
                new TreeMap<>(node.getLabelsMap()),
                node.hasFacts() ? facts(node.getFacts()) : null,
                node.hasReport() ? report(node.getReport()) : null,
                node.getLastHeardMillis());
    }

    static List<NodeDescription> nodes(List<Node> nodes) throws InvalidMessageException {
        List<NodeDescription> described = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            described.add(node(node));
        }
        return described;
    }

    static AppliedNodes applied(WaitAppliedResponse response) {
        return new AppliedNodes(response.getRevision(), response.getAppliedList(),
                response.getMissingList()
                        .stream()
                        .map(missing -> new AppliedNodes.Laggard(missing.getNode(),
                                missing.getAppliedRevision(), missing.getReason()))
                        .toList());
    }

    static MemberStatus status(StatusResponse response) {
        return new MemberStatus(
                response.getMembersList()
                        .stream()
                        .map(member -> new MemberStatus.Member(member.getId(),
                                member.getRaftAddress(), member.getClientAddress()))
                        .toList(),
                response.getLeaderId(), response.getServing(), response.getAppliedIndex(),
                response.getSnapshotIndex(), response.getMaps(), response.getElements(),
                response.getFollowers(), response.getVersion());
    }

    /** Types that this version does not know are left out: an agent may be newer than its reader. */
    static NodeFacts facts(dev.nestmap.proto.v1.NodeFacts facts) {
        return new NodeFacts(facts.getKernelRelease(), facts.getMachine(),
                facts.getPossibleCpus(), facts.getAgentVersion(), facts.getSimulatedKernel(),
                facts.getSupportedTypesList()
                        .stream()
                        .flatMap(type -> MapType.ofNumber(type.getNumber()).stream())
                        .toList(),
                facts.getPinRoot(), facts.getCapabilitiesList(),
                facts.hasProbe() ? probe(facts.getProbe()) : null);
    }

    private static NodeFacts.Probe probe(KernelProbe probe) {
        return new NodeFacts.Probe(probe.getMapFlagsList(), probe.getOuterBatch(),
                probe.getOuterBatchMicros(), probe.getOuterUpdateMicros(), probe.getFreeze(),
                probe.getMmap(), probe.getBtf());
    }

    static NodeReport report(Report report) {
        return new NodeReport(report.getReceivedRevision(), report.getStagedRevision(),
                report.getAppliedRevision(),
                report.getConditionsList()
                        .stream()
                        .map(condition -> new NodeReport.Condition(condition.getMapId(),
                                condition.getNamespace(), condition.getName(),
                                condition.getAppliedRevision(), condition.getErrno(),
                                condition.getMessage(), condition.getRetrying()))
                        .toList(),
                report.getMaps(), report.getLastApplyMicros(),
                report.getDriftsList().stream().map(DecodeFleet::drift).toList(),
                report.getUnlistedDrifts());
    }

    private static NodeReport.Drift drift(Drift drift) {
        return new NodeReport.Drift(drift.getMapId(), drift.getNamespace(), drift.getName(),
                switch (drift.getKind()) {
                    case CONTENTS -> "contents";
                    case IDENTITY -> "identity";
                    case DEFINITION -> "definition";
                    case KIND_UNSPECIFIED, UNRECOGNIZED -> "";
                }, drift.getKey(), drift.getExpected(), drift.getFound(),
                Instant.ofEpochMilli(drift.getFirstSeenMillis()),
                Instant.ofEpochMilli(drift.getLastSeenMillis()), drift.getTimes(),
                switch (drift.getState()) {
                    case FOUND -> "found";
                    case HELD_BACK -> "held_back";
                    case LEFT -> "left";
                    case MENDED -> NodeReport.Drift.MENDED;
                    case STATE_UNSPECIFIED, UNRECOGNIZED -> "";
                }, drift.getNote(),
                drift.getMendedMillis() == 0
                        ? Optional.empty()
                        : Optional.of(Instant.ofEpochMilli(drift.getMendedMillis())));
    }
}
