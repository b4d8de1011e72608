package dev.nestmap.agent;

import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.Report;
import java.time.Duration;

/** How an agent stands, in the form in which it is told. */
final class StatusMessages {
    private StatusMessages() {}

    static dev.nestmap.proto.v1.AgentStatus of(Hello hello, Report report, AgentStatus status,
            boolean ready) {
        dev.nestmap.proto.v1.AgentStatus.Builder message = dev.nestmap.proto.v1.AgentStatus
                .newBuilder()
                .setNode(hello.getNode())
                .putAllLabels(hello.getLabelsMap())
                .setFacts(hello.getFacts())
                .setReport(report)
                .setConnected(status.connected())
                .setServer(status.server().orElse(""))
                .setConnectedMillis(status.connectedFor().map(Duration::toMillis).orElse(0L))
                .setTrouble(status.trouble().orElse(""))
                .setStopped(status.stopped())
                .setReady(ready)
                .setRunsMillis(status.runsFor().toMillis())
                .setRestoredRevision(status.restoredRevision())
                .setCheckpointTrouble(status.checkpointTrouble().orElse(""));
        status.checkpoint()
                .filter(checkpoint -> checkpoint.revision() != 0)
                .ifPresent(checkpoint -> message
                        .setCheckpointRevision(checkpoint.revision())
                        .setCheckpointAgeMillis(checkpoint.age().toMillis()));
        status.maps().forEach(map -> message.addMaps(map(map)));
        return message.build();
    }

    private static dev.nestmap.proto.v1.HeldMap map(HeldMap map) {
        return dev.nestmap.proto.v1.HeldMap.newBuilder()
                .setMapId(map.mapId())
                .setNamespace(map.namespace())
                .setName(map.name())
                .setPin(map.pin().toString())
                .setKernelId(map.kernelId())
                .setElements(map.elements())
                .setMaxEntries(map.maxEntries())
                .setGenerations(map.generations())
                .build();
    }
}
