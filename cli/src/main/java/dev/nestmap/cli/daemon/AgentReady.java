package dev.nestmap.cli.daemon;

import dev.nestmap.agent.AgentStatus;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.ServiceManager;
import java.time.Duration;

/** Tells the service manager once programs can rely on the maps: units that are ordered behind the agent start then. */
final class AgentReady {
    private static final Duration TURN = Duration.ofHours(1);

    private AgentReady() {}

    /** Waits in a thread of its own, which ends with the process. */
    static void tell(NestmapAgent agent, ServiceManager manager) {
        manager.status("waits for the store: there are no maps yet");
        Thread.ofVirtual().name("nestmap-agent-ready").start(() -> {
            try {
                while (!agent.awaitReady(TURN)) {
                    // It is not for us to give up: the service manager has a limit of its own.
                }
                manager.ready(words(agent.status()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static String words(AgentStatus status) {
        String failed = status.conditions().isEmpty()
                ? ""
                : ", %d not as desired".formatted(status.conditions().size());
        return "%d maps%s".formatted(status.maps().size(), failed);
    }
}
