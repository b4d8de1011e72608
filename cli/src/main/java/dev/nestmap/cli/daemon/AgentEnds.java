package dev.nestmap.cli.daemon;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.AgentMetrics;
import dev.nestmap.agent.AgentStatus;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.cli.verb.CommandFailedException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An agent, with what it says over HTTP where that is wanted. */
final class AgentEnds implements AutoCloseable {
    private final NestmapAgent agent;
    private final @Nullable HttpEndpoint endpoint;

    private AgentEnds(NestmapAgent agent, @Nullable HttpEndpoint endpoint) {
        this.agent = agent;
        this.endpoint = endpoint;
    }

    /**
     * Starts it.
     *
     * @param address HOST:PORT; empty: nothing is counted and nothing served
     */
    static AgentEnds start(AgentConfig config, Kernel kernel, Optional<String> address)
            throws CommandFailedException {
        if (address.isEmpty()) {
            return new AgentEnds(AgentOptions.start(config, kernel, Optional.empty()), null);
        }
        // A place that is taken is said before anything is done to the kernel.
        HttpEndpoint endpoint = HttpEndpoint.bind(address.get());
        AgentMetrics metrics = new AgentMetrics();
        boolean started = false;
        try {
            NestmapAgent agent = AgentOptions.start(config, kernel, Optional.of(metrics));
            endpoint.serve(new HttpEndpoint.Pages(metrics::scrape, () -> unhealthy(agent),
                    () -> unhealthy(agent).or(() -> unready(agent))));
            started = true;
            return new AgentEnds(agent, endpoint);
        } finally {
            if (!started) {
                endpoint.close();
            }
        }
    }

    private static Optional<String> unhealthy(NestmapAgent agent) {
        AgentStatus status = agent.status();
        return status.stopped()
                ? Optional.of(status.trouble().orElse("the agent has stopped"))
                : Optional.empty();
    }

    private static Optional<String> unready(NestmapAgent agent) {
        return agent.isReady()
                ? Optional.empty()
                : Optional.of("waits for the store: there are no maps yet");
    }

    NestmapAgent agent() {
        return agent;
    }

    /** Where it says what it does, if anywhere. */
    Optional<String> address() {
        return Optional.ofNullable(endpoint).map(HttpEndpoint::address);
    }

    @Override
    public void close() {
        if (endpoint != null) {
            endpoint.close();
        }
        agent.close();
    }
}
