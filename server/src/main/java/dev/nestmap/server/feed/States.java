package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Header;
import java.util.Optional;

/** Where streams get versions of the state from. */
public interface States {
    /** The newest. */
    FleetState newest();

    /** The one at a revision, while it is held. */
    Optional<FleetState> at(long revision);

    /** The header of a message that leads up to a revision. */
    Header header(long revision);
}
