package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import org.apache.ratis.server.protocol.TermIndex;

/** A root and the log entry up to which it holds everything. */
record Applied(TermIndex termIndex, FleetState state) {
    static final Applied NOTHING = new Applied(TermIndex.INITIAL_VALUE, FleetState.EMPTY);
}
