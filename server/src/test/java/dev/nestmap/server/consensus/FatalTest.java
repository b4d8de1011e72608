package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.LogEntry;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends a member. */
final class FatalTest {
    @TempDir
    Path temporary;
    private final Failures failures = new Failures();

    @Test
    void aLogThatCannotBeWrittenIsFatalOnceAndSaysWhy() {
        FatalOnce fatal = new FatalOnce(failures);
        MemberConfig config = MemberConfig.single("a", temporary, "a:1");
        PublishedStates states = new PublishedStates(config.limits(), Runnable::run);
        SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
        try (SnapshotKeeper snapshots = new SnapshotKeeper(config, (state, file) -> new byte[16],
                storage, index -> {})) {
            FleetStateMachine machine = new FleetStateMachine(storage, states, snapshots,
                    (entry, results, after) -> {}, fatal);
            machine.notifyLogFailed(new IOException("No space left on device"), null);
            machine.notifyLogFailed(new IOException("Log already failed"), null);
        }
        assertEquals(1, failures.messages.size());
        assertTrue(failures.messages.element().contains("No space left on device"));
    }

    @Test
    void anEntryOfAnUnknownFormatIsNotApplied() {
        LogEntry entry = LogEntry.newBuilder().setFormat(2).build();
        IllegalStateException e = assertThrows(IllegalStateException.class,
                () -> EntryApplier.apply(FleetState.EMPTY, entry, 1));
        assertTrue(String.valueOf(e.getMessage()).contains("format 2"));
    }
}
