package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import java.util.List;

/** The part of the state that one stream sees. Used by one thread. */
interface View {
    /**
     * Goes on to another version. The steps are in the order in which they must be applied: maps that can be inner first, then
     * outer maps, then maps that are not seen any more.
     */
    List<MapStep> advance(FleetState next);
}
