package dev.nestmap.server.consensus;

import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** This member does not lead, or cannot show that it does. A write that fails with this is certainly not in the log. */
public final class NotLeaderException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final @Nullable String leaderClientAddress;

    /** Names the member that leads, where it is known. */
    public NotLeaderException(Optional<String> leaderClientAddress) {
        super(leaderClientAddress.map("this member does not lead; ask %s"::formatted)
                .orElse("no member is known to lead; try again"));
        this.leaderClientAddress = leaderClientAddress.orElse(null);
    }

    /** host:port for clients of the member to ask instead. */
    public Optional<String> leaderClientAddress() {
        return Optional.ofNullable(leaderClientAddress);
    }
}
