package dev.nestmap.agent.follow;

import java.util.List;
import java.util.Optional;

/** Which member to try next: the leader where one was named, otherwise one after the other. For one thread. */
final class ServerList {
    private final List<String> servers;
    private int next;
    private Optional<String> leader = Optional.empty();

    ServerList(List<String> servers) {
        this.servers = List.copyOf(servers);
    }

    /** The member to try now. A leader's name counts once: it may be that of yesterday. */
    String take() {
        Optional<String> named = leader;
        leader = Optional.empty();
        return named.orElseGet(() -> servers.get(next++ % servers.size()));
    }

    /** A member said who leads. */
    void prefer(Optional<String> namedLeader) {
        leader = namedLeader;
    }
}
