package dev.nestmap.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides that there is nobody: no member ever answered this client, each refused the connection at least once, and the
 * patience for that is used up. Whoever forgot to start a server should not have to wait for a whole deadline.
 */
final class FirstContact {
    private final LeaderConnections connections;
    private final Duration patience;
    private final long startNanos = System.nanoTime();
    // Confined to the attempts, which follow one another.
    private final Set<String> unreached = new HashSet<>();
    private boolean reached;

    FirstContact(LeaderConnections connections, Duration patience) {
        this.connections = connections;
        this.patience = patience;
    }

    /** Takes note of an attempt; true where it was the last. */
    boolean failed(String target, Verdict.Again again) {
        reached |= again.reached();
        unreached.add(target);
        return !reached && !connections.everAnswered()
                && unreached.containsAll(connections.targets())
                && System.nanoTime() - startNanos >= patience.toNanos();
    }

    /** True where no attempt so far has reached a server. */
    boolean nobody() {
        return !reached;
    }

    /** The sentence about it. */
    String sentence(String reason) {
        return sentence(connections.targets().size() == 1
                ? connections.targets().getFirst()
                : "any of " + String.join(", ", connections.targets()), reason);
    }

    static String sentence(String where, String reason) {
        return ("cannot reach a Nestmap server at %s (%s): is it running? start one with "
                + "\"nestmap dev\", or name another with --server HOST:PORT")
                .formatted(where, reason);
    }
}
