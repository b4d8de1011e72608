package dev.nestmap.cli.daemon;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import java.util.List;

/** {@code agent}. */
public final class AgentRun implements Verb {
    @Override
    public Help help() {
        return new Help("agent",
                "Keeps this host's kernel as the store wants it until it is signalled",
                "[--node NAME] [--label KEY=VALUE]... [--pin-root PATH] [--keep-generations N] [--kernel=real|simulated]",
                List.of(),
                "nestmap agent --server 10.0.0.1:7480,10.0.0.2:7480 --node lb-1 --label role=lb");
    }

    @Override
    public List<Option> options() {
        return AgentOptions.ALL;
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException, InterruptedException {
        invocation.refuseWords(help());
        AgentConfig config = AgentOptions.config(invocation, invocation.settings().servers());
        KernelChoice choice = KernelChoice.of(invocation);
        try (Lifetime lifetime = Lifetime.untilSignalled();
                Kernel kernel = choice.open();
                NestmapAgent agent = AgentOptions.start(config, kernel)) {
            invocation.output()
                    .printNow("%snestmap agent: node %s follows %s, pins under %s\n".formatted(
                            choice.mark(), config.node(), String.join(",", config.servers()),
                            config.pinRoot()));
            AgentWatch watch = new AgentWatch(agent, invocation.output(), choice.mark());
            return lifetime.awaitStop(watch::awaitStopped) ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
