package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.state.Answers;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.tree.Tree;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The states that readers see. */
final class PublishedStatesTest {
    @Test
    void onlySoManyRootsAndBytesAreHeld() {
        RecentRoots recent = new RecentRoots(4, 100);
        for (int revision = 0; revision < 10; revision++) {
            recent.add(state(revision), 10);
        }
        assertTrue(recent.find(5).isEmpty());
        assertEquals(6, recent.find(6).orElseThrow().revision());
        assertTrue(recent.find(10).isEmpty());
        recent.add(state(10), 85);
        assertTrue(recent.find(8).isEmpty());
        assertTrue(recent.find(9).isPresent());
        recent.add(state(11), 1_000);
        assertTrue(recent.find(10).isEmpty());
        assertTrue(recent.find(11).isPresent());
    }

    @Test
    void readsThatWaitAreBoundedAndAreForgottenWhenCancelled() {
        Limits d = Limits.defaults();
        PublishedStates states = new PublishedStates(new Limits(d.queuedWrites(), d.queuedBytes(),
                d.entryWrites(),
                d.entryBytes(), d.writeBytes(), 4, 100, 2, d.snapshotEntries(), d.snapshotBytes(),
                d.logTailEntries(), d.logSegmentBytes()), Runnable::run);
        CompletableFuture<FleetState> first = states.atLeast(5);
        CompletableFuture<FleetState> second = states.atLeast(6);
        assertInstanceOf(OverloadedException.class, Waits.failure(states.atLeast(7)));
        assertTrue(first.cancel(false));
        CompletableFuture<FleetState> third = states.atLeast(6);
        states.publish(state(5));
        assertFalse(second.isDone());
        states.publish(state(6));
        assertEquals(6, second.join().revision());
        assertEquals(6, third.join().revision());
        assertEquals(6, states.atLeast(3).join().revision());
    }

    private static FleetState state(long revision) {
        return new FleetState(revision, 0, Tree.ofObjects(), Tree.ofBytes(), Tree.ofObjects(),
                Answers.NONE, 0);
    }
}
