package dev.nestmap.cli.daemon;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.ServiceManager;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code agent}. */
public final class AgentRun implements Verb {
    @Override
    public Help help() {
        return new Help("agent",
                "Keeps this host's kernel as the store wants it until it is signalled",
                "[--node NAME] [--label KEY=VALUE]... [--pin-root PATH] [--state-dir PATH] [--metrics HOST:PORT] [--log-format text|json] [--keep-generations N] [--drift-pass DURATION] [--watch-programs PATH]... [--keep-privileges] [--kernel=real|simulated]",
                List.of(),
                "nestmap agent --server 10.0.0.1:7480,10.0.0.2:7480 --node lb-1 --label role=lb");
    }

    @Override
    public List<Option> options() {
        return Stream
                .concat(AgentOptions.ALL.stream(),
                        Stream.of(AgentOptions.STATE_DIR, HttpEndpoint.OPTION, Voice.OPTION,
                                AgentOptions.KEEP_PRIVILEGES))
                .toList();
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException, InterruptedException {
        invocation.refuseWords(help());
        KernelChoice choice = KernelChoice.of(invocation);
        AgentConfig plain = AgentOptions.config(invocation, invocation.settings().servers());
        AgentConfig config = AgentOptions.stateDirectory(invocation, choice)
                .map(plain::withStateDirectory)
                .orElse(plain);
        if (!invocation.flag(AgentOptions.KEEP_PRIVILEGES.name())) {
            choice.dropPrivileges(config.pinRoot());
        }
        Voice voice = Voice.of(invocation, "agent", choice.mark());
        ServiceManager manager = ServiceManager.ofThisProcess();
        try (Lifetime lifetime = Lifetime.untilSignalled();
                Kernel kernel = choice.open();
                AgentEnds ends = AgentEnds.start(config, kernel,
                        invocation.option(HttpEndpoint.OPTION.name()))) {
            NestmapAgent agent = ends.agent();
            Map<String, String> fields = Map.of("node", config.node());
            voice.announce("node %s follows %s, pins under %s".formatted(config.node(),
                    String.join(",", config.servers()), config.pinRoot()), fields);
            choice.sayPrivileges(kernel, words -> voice.say(words, fields));
            ends.address()
                    .ifPresent(address -> voice
                            .announce("metrics on http://%s/metrics".formatted(address), fields));
            AgentReady.tell(agent, manager);
            HeapAtRest.watch(agent);
            AgentWatch watch = new AgentWatch(agent, config.node(), voice);
            boolean signalled = lifetime.awaitStop(watch::awaitStopped);
            manager.stopping();
            return signalled ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
