package dev.nestmap.cli.daemon;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.local.StatusSocket;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.FileProblems;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.AgentStanding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code agent status}: asks the agent of this host, and no store. */
public final class AgentStatusShow implements Verb {
    private static final Option STATE_DIR = Option.value("--state-dir", "PATH",
            "Where the agent keeps its state; default $STATE_DIRECTORY, else "
                    + AgentConfig.DEFAULT_STATE_DIRECTORY);

    @Override
    public Help help() {
        return new Help("agent status",
                "Shows how this host's agent stands, asked without the store",
                "[--pin-root PATH] [--state-dir PATH]",
                List.of("Exits with 1 where no agent answers, it does not follow the store, or a map is not as desired."),
                "nestmap agent status -o json");
    }

    @Override
    public List<Option> options() {
        return List.of(AgentOptions.PIN_ROOT, STATE_DIR);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        invocation.refuseWords(help());
        Path pinRoot = AgentOptions.pinRoot(invocation);
        Path socket = AgentConfig.statusSocket(
                AgentOptions.stateDirectory(invocation, KernelChoice.REAL).orElseThrow(), pinRoot);
        AgentStanding agent = ask(socket, pinRoot);
        Output output = invocation.output();
        output.print(output.fleet().agent(agent));
        return agent.isWell() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static AgentStanding ask(Path socket, Path pinRoot) throws CommandFailedException {
        try {
            return AgentStanding.of(StatusSocket.ask(socket));
        } catch (IOException e) {
            throw CommandFailedException.failed(
                    "ask the agent of %s at %s: %s; it does not run, belongs to another user, has another --pin-root or --state-dir, or is that of nestmap dev, which is not asked"
                            .formatted(pinRoot, socket, FileProblems.of(e)));
        }
    }
}
