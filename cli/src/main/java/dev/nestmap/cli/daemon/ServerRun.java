package dev.nestmap.cli.daemon;

import dev.nestmap.cli.command.CommandFailedException;
import dev.nestmap.cli.command.ExitCode;
import dev.nestmap.cli.command.Help;
import dev.nestmap.cli.command.Invocation;
import dev.nestmap.cli.command.Option;
import dev.nestmap.cli.command.Verb;
import dev.nestmap.cli.daemon.StoreConfig.StorePeer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code server}. */
public final class ServerRun implements Verb {
    private static final Pattern PEER = Pattern.compile("([^=@,\\s]+)=([^=@,\\s]+)@([^=@,\\s]+)");

    private static final Option DATA_DIR = Option.value("--data-dir", "PATH",
            "Where the log and the snapshots are");
    private static final Option LISTEN = Option.value("--listen", "HOST:PORT",
            "Where clients and agents connect; default 127.0.0.1:7480");
    private static final Option ID = Option.value("--id", "ID",
            "This member's name, kept for ever; default " + StoreConfig.ONLY_MEMBER);
    private static final Option RAFT_LISTEN = Option.value("--raft-listen", "HOST:PORT",
            "Where other members connect; needed with --peers");
    private static final Option PEERS = Option.value("--peers",
            "ID=RAFT_HOST:PORT@HOST:PORT,...",
            "The other members: where members and where clients reach each; none: a store of one");

    @Override
    public Help help() {
        return new Help("server", "Runs a member of the store until it is signalled",
                "--data-dir PATH [--listen HOST:PORT] [--id ID] [--raft-listen HOST:PORT --peers ...]",
                List.of("ID    := a member's name, as in n1"),
                "nestmap server --data-dir /var/lib/nestmap --listen 10.0.0.1:7480 --id n1 "
                        + "--raft-listen 10.0.0.1:7481 --peers n2=10.0.0.2:7481@10.0.0.2:7480,n3=10.0.0.3:7481@10.0.0.3:7480");
    }

    @Override
    public List<Option> options() {
        return List.of(DATA_DIR, LISTEN, ID, RAFT_LISTEN, PEERS);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException, InterruptedException {
        invocation.refuseWords(help());
        StoreConfig config = config(invocation);
        try (Lifetime lifetime = Lifetime.untilSignalled(); Store store = Stores.start(config)) {
            invocation.output()
                    .printNow(
                            "nestmap server: member %s listens on port %d, data in %s\n".formatted(
                                    config.memberId(), store.port(), config.dataDirectory()));
            return lifetime.awaitStop(store::awaitTermination) ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    static StoreConfig config(Invocation invocation) throws CommandFailedException {
        String dataDirectory = invocation.option(DATA_DIR.name())
                .orElseThrow(
                        () -> CommandFailedException.usage("server: --data-dir PATH is missing"));
        String raftListen = invocation.option(RAFT_LISTEN.name()).orElse("");
        List<StorePeer> peers = new ArrayList<>();
        for (String text : invocation.option(PEERS.name())
                .map(all -> all.split(",", -1))
                .orElse(new String[0])) {
            Matcher parts = PEER.matcher(text);
            if (!parts.matches()) {
                throw CommandFailedException.usage(
                        "server: --peers: \"%s\" must be ID=RAFT_HOST:PORT@HOST:PORT"
                                .formatted(text));
            }
            peers.add(new StorePeer(parts.group(1), parts.group(2), parts.group(3)));
        }
        if (!peers.isEmpty() && raftListen.isEmpty()) {
            throw CommandFailedException
                    .usage("server: --peers needs --raft-listen HOST:PORT, where they reach this member");
        }
        return new StoreConfig(invocation.option(ID.name()).orElse(StoreConfig.ONLY_MEMBER),
                AgentOptions.path(DATA_DIR.name(), dataDirectory).toAbsolutePath(),
                invocation.option(LISTEN.name()).orElse("127.0.0.1:7480"), raftListen, peers);
    }
}
