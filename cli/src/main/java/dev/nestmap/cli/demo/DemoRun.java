package dev.nestmap.cli.demo;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.cli.daemon.KernelChoice;
import dev.nestmap.cli.daemon.KernelFailures;
import dev.nestmap.cli.daemon.Lifetime;
import dev.nestmap.cli.daemon.Stores;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.server.NestmapServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code demo}. */
public final class DemoRun implements Verb {
    private static final Path PIN_ROOTS = Path.of("/sys/fs/bpf");
    private static final String NODE = "demo";

    private final CommandRunner runner;

    /** A demo that runs its command lines so. */
    public DemoRun(CommandRunner runner) {
        this.runner = runner;
    }

    @Override
    public Help help() {
        return new Help("demo",
                "Shows maps of maps in this host's kernel, with a store and an agent of its own; leaves nothing behind",
                "[--kernel=real|simulated]", List.of(), "nestmap demo");
    }

    @Override
    public List<Option> options() {
        return List.of(KernelChoice.OPTION);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException, InterruptedException {
        invocation.refuseWords(help());
        KernelChoice choice = KernelChoice.of(invocation);
        Output output = invocation.output();
        Path pinRoot = DemoSpace.pinRoot(PIN_ROOTS);
        try (Lifetime _ = Lifetime.interrupting(Thread.currentThread());
                Kernel kernel = choice.open();
                DemoSpace space = DemoSpace.take(kernel, pinRoot);
                NestmapServer store = Stores.startOnly(space.dataDirectory(), "127.0.0.1:0")) {
            String server = "127.0.0.1:" + store.port();
            AgentConfig config = new AgentConfig(NODE, List.of(server), Map.of(), pinRoot);
            try (NestmapAgent agent = NestmapAgent.start(config, kernel);
                    NestmapClient client = NestmapClient
                            .connect(ClientOptions.defaults().withTargets(server));
                    Stopwatch stopwatch = new Stopwatch(client, agent)) {
                Demo demo = new Demo(runner, server, client, stopwatch,
                        new PinnedMaps(kernel, agent, pinRoot), choice.mark(), output);
                demo.introduce(kernel.features(), pinRoot);
                return demo.play(Script.steps()) ? ExitCode.OK : ExitCode.FAILED;
            }
        } catch (KernelException e) {
            throw KernelFailures.of("show what the kernel holds", e);
        }
    }
}
