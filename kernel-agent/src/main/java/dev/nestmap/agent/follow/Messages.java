package dev.nestmap.agent.follow;

import com.google.protobuf.ByteString;
import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.agent.kernel.KernelProbe;
import dev.nestmap.agent.reconcile.Condition;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.MapCondition;
import dev.nestmap.proto.v1.NodeFacts;
import dev.nestmap.proto.v1.Report;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an agent says. */
public final class Messages {
    private static final int INCARNATION_BYTES = 16;
    /** Below the store's limit for a message of an agent, 1 MiB. */
    private static final int MOST_BYTES = 900 << 10;
    private static final int OVERHEAD_BYTES = 8;
    /** Of a message, where there are more than can be told at length. */
    private static final int SHORT_CHARACTERS = 60;

    private Messages() {}

    /** Who follows; with a new incarnation at each call. */
    public static Hello hello(String node, Map<String, String> labels, KernelFeatures features,
            Path pinRoot) {
        byte[] incarnation = new byte[INCARNATION_BYTES];
        new SecureRandom().nextBytes(incarnation);
        NodeFacts.Builder facts = NodeFacts.newBuilder()
                .setKernelRelease(features.release())
                .setMachine(features.machine())
                .setPossibleCpus(features.possibleCpus())
                .setAgentVersion(
                        Optional.ofNullable(Messages.class.getPackage().getImplementationVersion())
                                .orElse("unreleased"))
                .setSimulatedKernel(features.simulated())
                .setPinRoot(pinRoot.toString())
                .setProbe(probe(features.probe()))
                .addAllCapabilities(features.capabilities());
        features.mapTypes().forEach(type -> facts.addSupportedTypes(SpecCodec.type(type)));
        return Hello.newBuilder()
                .setNode(node)
                .setIncarnation(ByteString.copyFrom(incarnation))
                .putAllLabels(labels)
                .setFacts(facts)
                .build();
    }

    private static dev.nestmap.proto.v1.KernelProbe probe(KernelProbe probe) {
        return dev.nestmap.proto.v1.KernelProbe.newBuilder()
                .addAllMapFlags(probe.mapFlags())
                .setOuterBatch(probe.outerBatch())
                .setOuterBatchMicros(probe.outerBatchTime().toNanos() / 1000)
                .setOuterUpdateMicros(probe.outerUpdateTime().toNanos() / 1000)
                .setFreeze(probe.freeze())
                .setMmap(probe.mmap())
                .setBtf(probe.btf())
                .build();
    }

    /** What became of what was received. Changes are made in place: what is staged is applied. */
    public static Report report(long receivedRevision, Progress progress, Duration lastApply) {
        Report.Builder report = Report.newBuilder()
                .setReceivedRevision(receivedRevision)
                .setStagedRevision(progress.appliedRevision())
                .setAppliedRevision(progress.appliedRevision())
                .setMaps(progress.mapCount())
                .setLastApplyMicros(lastApply.toNanos() / 1000);
        progress.drift().drifts().forEach(drift -> report.addDrifts(drift(drift)));
        report.setUnlistedDrifts(progress.drift().unlisted());
        List<MapCondition> conditions = progress.conditions()
                .stream()
                .map(Messages::condition)
                .toList();
        if (sizeBytes(conditions) > MOST_BYTES) {
            conditions = conditions.stream().map(Messages::shortened).toList();
        }
        // Drifts are few and bounded: conditions get what is left.
        int left = MOST_BYTES - report.build().getSerializedSize();
        for (MapCondition condition : conditions) {
            left -= condition.getSerializedSize() + OVERHEAD_BYTES;
            if (left < 0) {
                // Of maps that are not named here nobody may think that they are as desired.
                return report.setStagedRevision(0).setAppliedRevision(0).build();
            }
            report.addConditions(condition);
        }
        return report.build();
    }

    private static dev.nestmap.proto.v1.Drift drift(Drift drift) {
        return dev.nestmap.proto.v1.Drift.newBuilder()
                .setMapId(drift.mapId())
                .setNamespace(drift.namespace())
                .setName(drift.name())
                .setKind(switch (drift.kind()) {
                    case CONTENTS -> dev.nestmap.proto.v1.Drift.Kind.CONTENTS;
                    case IDENTITY -> dev.nestmap.proto.v1.Drift.Kind.IDENTITY;
                    case DEFINITION -> dev.nestmap.proto.v1.Drift.Kind.DEFINITION;
                })
                .setKey(drift.key())
                .setExpected(drift.expected())
                .setFound(drift.found())
                .setFirstSeenMillis(drift.firstSeen().toEpochMilli())
                .setLastSeenMillis(drift.lastSeen().toEpochMilli())
                .setTimes(drift.times())
                .setState(switch (drift.state()) {
                    case FOUND -> dev.nestmap.proto.v1.Drift.State.FOUND;
                    case HELD_BACK -> dev.nestmap.proto.v1.Drift.State.HELD_BACK;
                    case LEFT -> dev.nestmap.proto.v1.Drift.State.LEFT;
                    case MENDED -> dev.nestmap.proto.v1.Drift.State.MENDED;
                })
                .setNote(drift.note())
                .setMendedMillis(drift.mended().map(Instant::toEpochMilli).orElse(0L))
                .build();
    }

    private static long sizeBytes(List<MapCondition> conditions) {
        return conditions.stream()
                .mapToLong(condition -> condition.getSerializedSize() + OVERHEAD_BYTES)
                .sum();
    }

    private static MapCondition shortened(MapCondition condition) {
        String message = condition.getMessage();
        return message.length() <= SHORT_CHARACTERS
                ? condition
                : condition.toBuilder()
                        .setMessage(message.substring(0, SHORT_CHARACTERS) + "...")
                        .build();
    }

    private static MapCondition condition(Condition condition) {
        return MapCondition.newBuilder()
                .setMapId(condition.mapId())
                .setNamespace(condition.namespace())
                .setName(condition.name())
                .setAppliedRevision(condition.appliedRevision())
                .setErrno(condition.errno())
                .setMessage(condition.message())
                .setRetrying(condition.retrying())
                .build();
    }
}
