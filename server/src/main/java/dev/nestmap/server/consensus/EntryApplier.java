package dev.nestmap.server.consensus;

import dev.nestmap.client.wire.CommandCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import dev.nestmap.proto.v1.LogEntry;
import dev.nestmap.proto.v1.Write;
import java.util.ArrayList;
import java.util.List;

/** From a root and a log entry to the roots after each of its writes. Pure, as {@link Transition} is. */
final class EntryApplier {
    /** The format of log entries that this program writes, and the newest that it reads. */
    static final int FORMAT = 1;

    private EntryApplier() {}

    /** What became of each write, in order. */
    static List<Committed> apply(FleetState before, LogEntry entry, long term) {
        if (entry.getFormat() != FORMAT) {
            throw new IllegalStateException(
                    "the entry has format %d, this program knows format %d; start the version that wrote it, or a later one"
                            .formatted(entry.getFormat(), FORMAT));
        }
        List<Committed> results = new ArrayList<>(entry.getWritesCount());
        FleetState state = before;
        for (Write write : entry.getWritesList()) {
            Committed committed = apply(state, write, term);
            results.add(committed);
            state = committed.state();
        }
        return results;
    }

    private static Committed apply(FleetState state, Write write, long term) {
        RequestId request;
        Command command;
        try {
            request = CommandCodec.requestId(write);
            command = CommandCodec.command(write);
        } catch (InvalidMessageException e) {
            return new Committed(state.revision(), new Result.Refused(e.refusal()), state, term);
        }
        Transition transition = Transition.apply(state, request, command);
        return new Committed(transition.revision(), transition.result(), transition.state(), term);
    }
}
