package dev.nestmap.agent.follow;

import com.google.protobuf.ByteString;
import dev.nestmap.agent.kernel.KernelFeatures;
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
import java.util.Map;
import java.util.Optional;

/** What an agent says. */
public final class Messages {
    private static final int INCARNATION_BYTES = 16;

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
                .setPinRoot(pinRoot.toString());
        features.mapTypes().forEach(type -> facts.addSupportedTypes(SpecCodec.type(type)));
        return Hello.newBuilder()
                .setNode(node)
                .setIncarnation(ByteString.copyFrom(incarnation))
                .putAllLabels(labels)
                .setFacts(facts)
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
        progress.conditions().forEach(condition -> report.addConditions(condition(condition)));
        return report.build();
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
