package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.Result;

/**
 * What became of a write that is in the log of a majority, on disk.
 *
 * @param revision the revision it made; where it changed nothing, the one it saw; for a write sent again, that of its first answer
 * @param state this member's state right after the write
 * @param term the Raft term of the log entry
 */
public record Committed(long revision, Result result, FleetState state, long term) {}
