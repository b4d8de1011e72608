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
import dev.nestmap.server.NestmapServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code dev}: a store of one member and an agent in one process. */
public final class DevRun implements Verb {
    private static final String DEFAULT_LISTEN = "127.0.0.1:7480";

    private static final Option DATA_DIR = Option.value("--data-dir", "PATH",
            "Where the store's data is; default ~/.local/share/nestmap/dev");
    private static final Option LISTEN = Option.value("--listen", "HOST:PORT",
            "Where clients connect; default " + DEFAULT_LISTEN);

    @Override
    public Help help() {
        return new Help("dev",
                "Runs a store of one member and an agent in one process until it is signalled",
                "[--data-dir PATH] [--listen HOST:PORT] [--pin-root PATH] [--kernel=real|simulated] "
                        + "[--node NAME] [--label KEY=VALUE]...",
                List.of(), "nestmap dev");
    }

    @Override
    public List<Option> options() {
        return Stream.concat(Stream.of(DATA_DIR, LISTEN), AgentOptions.ALL.stream()).toList();
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException, InterruptedException {
        invocation.refuseWords(help());
        Path dataDirectory = dataDirectory(invocation);
        String listen = invocation.option(LISTEN.name()).orElse(DEFAULT_LISTEN);
        Path pinRoot = AgentOptions.pinRoot(invocation);
        KernelChoice choice = KernelChoice.of(invocation);
        // The kernel comes first: without it there is no use in a store, and it says at once what is missing.
        try (Lifetime lifetime = Lifetime.untilSignalled();
                Kernel kernel = choice.open();
                NestmapServer store = Stores.startOnly(dataDirectory, listen)) {
            String address = "127.0.0.1:" + store.port();
            AgentConfig config = AgentOptions.config(invocation, List.of(address));
            try (NestmapAgent agent = AgentOptions.start(config, kernel, Optional.empty())) {
                String server = address.equals(DEFAULT_LISTEN) ? "" : "--server " + address + " ";
                invocation.output()
                        .printNow(
                                """
                                        %1$snestmap dev: store on %2$s with data in %3$s; agent "%4$s" pins maps under %5$s
                                        %1$stry: nestmap %6$smap create type array key 4 value 8 entries 4 name first
                                        """
                                        .formatted(choice.mark(), address, dataDirectory,
                                                config.node(),
                                                pinRoot, server));
                new AgentWatch(agent, config.node(),
                        Voice.of(invocation, "agent", choice.mark())).start();
                return lifetime.awaitStop(store::awaitTermination) ? ExitCode.OK : ExitCode.FAILED;
            }
        }
    }

    private static Path dataDirectory(Invocation invocation) throws CommandFailedException {
        Optional<String> given = invocation.option(DATA_DIR.name());
        if (given.isPresent()) {
            return AgentOptions.path(DATA_DIR.name(), given.get()).toAbsolutePath();
        }
        String dataHome = System.getenv("XDG_DATA_HOME");
        Path home = dataHome == null || !dataHome.startsWith("/")
                ? Path.of(System.getProperty("user.home"), ".local", "share")
                : Path.of(dataHome);
        return home.resolve("nestmap").resolve("dev");
    }
}
