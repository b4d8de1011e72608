package dev.nestmap.cli.daemon;

import dev.nestmap.agent.AgentStatus;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.DriftReport;
import dev.nestmap.agent.reconcile.Condition;
import dev.nestmap.model.Errno;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Says on stderr what changes in an agent's standing: a lost store, a map that is not as desired. One thread runs it. */
final class AgentWatch {
    /** Between two looks, however much there is to tell. */
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** What is the matter with the disk is not among the news. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final NestmapAgent agent;
    private final Voice voice;
    private final String node;
    private Optional<String> trouble = Optional.empty();
    private Optional<String> checkpointTrouble = Optional.empty();
    private long restoredRevision;
    private Map<Long, String> conditions = Map.of();
    /** What was found up to then was told. */
    private Instant driftTold = Instant.EPOCH;

    AgentWatch(NestmapAgent agent, String node, Voice voice) {
        this.agent = agent;
        this.voice = voice;
        this.node = node;
    }

    /** Watches in a thread of its own, which ends with the process. */
    void start() {
        Thread.ofVirtual().name("nestmap-agent-watch").start(() -> {
            try {
                awaitStopped();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Returns when the agent follows no more. */
    void awaitStopped() throws InterruptedException {
        AgentStatus status = agent.status();
        long news = 0;
        while (!status.stopped()) {
            tell(status);
            Thread.sleep(PAUSE);
            news = agent.awaitNews(news, LONGEST_WAIT);
            status = agent.status();
        }
        tell(status);
        say("the agent has stopped; maps stay as they are");
    }

    private void tell(AgentStatus status) {
        tellCheckpoint(status);
        if (!status.trouble().equals(trouble)) {
            status.trouble().ifPresent(this::say);
            if (status.trouble().isEmpty()) {
                say("follows %s".formatted(status.server().orElse("the store")));
            }
            trouble = status.trouble();
        }
        Map<Long, String> now = new HashMap<>();
        for (Condition condition : status.conditions()) {
            now.put(condition.mapId(), condition.message());
            if (!condition.message().equals(conditions.get(condition.mapId()))) {
                voice.say("map %s/%s is not as desired: %s%s".formatted(condition.namespace(),
                        condition.name(), condition.message(),
                        condition.retrying() ? " (trying again)" : ""), fields(condition));
            }
        }
        conditions = now;
        tellDrift(status.drift());
    }

    /** What is not mended is told as a condition, again and again; what was mended is told once. */
    private void tellDrift(DriftReport report) {
        Instant last = driftTold;
        for (Drift drift : report.drifts()) {
            if (!drift.isOpen() && drift.lastSeen().isAfter(driftTold)) {
                say("map %s/%s was changed by others and is mended: %s of it was %s, expected was %s"
                        .formatted(drift.namespace(), drift.name(), drift.key(), drift.found(),
                                drift.expected()));
                last = drift.lastSeen().isAfter(last) ? drift.lastSeen() : last;
            }
        }
        driftTold = last;
    }

    private void tellCheckpoint(AgentStatus status) {
        if (status.restoredRevision() != restoredRevision) {
            restoredRevision = status.restoredRevision();
            voice.say("maps are as they were at revision %d, from the checkpoint on disk"
                    .formatted(restoredRevision),
                    Map.of("node", node, "revision", Long.toString(restoredRevision)));
        }
        if (!status.checkpointTrouble().equals(checkpointTrouble)) {
            checkpointTrouble = status.checkpointTrouble();
            say(checkpointTrouble.orElse("the newest state is on disk again"));
        }
    }

    private void say(String sentence) {
        voice.say(sentence, Map.of("node", node));
    }

    private Map<String, String> fields(Condition condition) {
        Map<String, String> fields = new HashMap<>(Map.of("node", node, "map",
                condition.namespace() + "/" + condition.name(), "revision",
                Long.toString(condition.appliedRevision())));
        if (condition.errno() != 0) {
            fields.put("errno", Errno.ofNumber(condition.errno())
                    .map(Enum::name)
                    .orElseGet(() -> Integer.toString(condition.errno())));
        }
        return fields;
    }
}
