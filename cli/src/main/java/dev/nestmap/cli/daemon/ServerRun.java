package dev.nestmap.cli.daemon;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.server.ServerConfig;
import dev.nestmap.server.consensus.MemberConfig.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            "This member's name, kept for ever; default " + Stores.ONLY_MEMBER);
    private static final Option RAFT_LISTEN = Option.value("--raft-listen", "HOST:PORT",
            "Where other members connect; default as --peers says of this one");
    private static final Option PEERS = Option.value("--peers", "ID=RAFT_HOST:PORT@HOST:PORT,...",
            "All first members: where members and where clients reach each; none: a store of one");

    @Override
    public Help help() {
        return new Help("server", "Runs a member of the store until it is signalled",
                "--data-dir PATH [--listen HOST:PORT] [--id ID] [--peers PEERS] [--raft-listen HOST:PORT] [--metrics HOST:PORT] [--log-format text|json]",
                List.of("PEERS: the same list for every member; this one may be left out where --raft-listen is given"),
                "nestmap server --data-dir /var/lib/nestmap --id n1 --listen 10.0.0.1:7480 "
                        + "--peers n1=10.0.0.1:7481@10.0.0.1:7480,n2=10.0.0.2:7481@10.0.0.2:7480,n3=10.0.0.3:7481@10.0.0.3:7480");
    }

    @Override
    public List<Option> options() {
        return List.of(DATA_DIR, LISTEN, ID, RAFT_LISTEN, PEERS, HttpEndpoint.OPTION, Voice.OPTION);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException, InterruptedException {
        invocation.refuseWords(help());
        ServerConfig config = config(invocation);
        Voice voice = Voice.of(invocation, "server", "");
        try (Lifetime lifetime = Lifetime.untilSignalled();
                Metered metered = Metered.start(config,
                        invocation.option(HttpEndpoint.OPTION.name()))) {
            NestmapServer server = metered.server();
            voice.announce("member %s listens on port %d, data in %s".formatted(
                    config.memberId(), server.port(), config.dataDirectory()),
                    Map.of("member", config.memberId()));
            metered.endpoint()
                    .ifPresent(endpoint -> voice.announce(
                            "metrics on http://%s/metrics".formatted(endpoint.address()),
                            Map.of("member", config.memberId())));
            return lifetime.awaitStop(server::awaitTermination) ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** A member, with what it says over HTTP where that is wanted. */
    private record Metered(NestmapServer server, Optional<HttpEndpoint> endpoint)
            implements
                AutoCloseable {
        static Metered start(ServerConfig config, Optional<String> address)
                throws CommandFailedException {
            if (address.isEmpty()) {
                return new Metered(Stores.start(config), Optional.empty());
            }
            HttpEndpoint endpoint = HttpEndpoint.bind(address.get());
            boolean started = false;
            try {
                NestmapServer server = Stores.start(config);
                ServerMetrics metrics = new ServerMetrics(server::figures,
                        config.dataDirectory());
                endpoint.serve(new HttpEndpoint.Pages(metrics::scrape, Optional::empty,
                        () -> server.figures().leaderKnown()
                                ? Optional.empty()
                                : Optional.of("there is no leader")));
                started = true;
                return new Metered(server, Optional.of(endpoint));
            } finally {
                if (!started) {
                    endpoint.close();
                }
            }
        }

        @Override
        public void close() {
            endpoint.ifPresent(HttpEndpoint::close);
            server.close();
        }
    }

    private static ServerConfig config(Invocation invocation) throws CommandFailedException {
        String dataDirectory = invocation.option(DATA_DIR.name())
                .orElseThrow(
                        () -> CommandFailedException.usage("server: --data-dir PATH is missing"));
        String id = invocation.option(ID.name()).orElse(Stores.ONLY_MEMBER);
        String listen = invocation.option(LISTEN.name()).orElse("127.0.0.1:7480");
        List<Peer> peers = new ArrayList<>(peers(invocation.option(PEERS.name()).orElse("")));
        Optional<String> raftListen = invocation.option(RAFT_LISTEN.name())
                .or(() -> peers.stream()
                        .filter(peer -> peer.id().equals(id))
                        .map(Peer::raftAddress)
                        .findFirst());
        if (!peers.isEmpty() && raftListen.isEmpty()) {
            throw CommandFailedException.usage(
                    "server: --peers does not name this member, \"%s\": add it, or give --raft-listen HOST:PORT"
                            .formatted(id));
        }
        if (!peers.isEmpty() && peers.stream().noneMatch(peer -> peer.id().equals(id))) {
            peers.add(new Peer(id, raftListen.get(), listen));
        }
        return new ServerConfig(id,
                AgentOptions.path(DATA_DIR.name(), dataDirectory).toAbsolutePath(), listen,
                raftListen.orElse(""), peers);
    }

    private static List<Peer> peers(String text) throws CommandFailedException {
        List<Peer> peers = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            Matcher parts = PEER.matcher(part);
            if (!parts.matches()) {
                throw CommandFailedException.usage(
                        "server: --peers: \"%s\" must be ID=RAFT_HOST:PORT@HOST:PORT"
                                .formatted(part));
            }
            peers.add(new Peer(parts.group(1), parts.group(2), parts.group(3)));
        }
        return peers;
    }
}
