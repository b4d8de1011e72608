package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Write;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One member of the replicated state machine. Safe for threads; futures are never completed on Ratis' threads. */
public final class Consensus implements AutoCloseable {
    private Consensus() {}

    /** Ends a listener's calls. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Opens the data directory and takes part in the cluster. Returns before a leader is known.
     *
     * @throws IOException where the directory is another's, in use, of a newer format, or a file in it is damaged; the message names it
     */
    public static Consensus start(MemberConfig config, FatalHandler fatal) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Waits until this member serves, or knows the member that leads. */
    public void awaitLeader(Duration timeout) throws InterruptedException, TimeoutException {
        throw new UnsupportedOperationException();
    }

    /**
     * Applies a write on a majority. Fails with {@link NotLeaderException}, {@link OverloadedException} or
     * {@link EntryTooLargeException} where it certainly is not applied, with {@link OutcomeUnknownException} where it may be.
     */
    public CompletableFuture<Committed> submit(Write write) {
        throw new UnsupportedOperationException();
    }

    /** A root that holds every write answered before this call, by any member. Fails with {@link NotLeaderException}. */
    public CompletableFuture<FleetState> linearizable() {
        throw new UnsupportedOperationException();
    }

    /** The newest root applied here; perhaps behind the leader's. */
    public FleetState state() {
        throw new UnsupportedOperationException();
    }

    /** A root of at least the revision, once it is applied here. The caller sets the deadline by cancelling. Fails with {@link OverloadedException}. */
    public CompletableFuture<FleetState> atLeast(long revision) {
        throw new UnsupportedOperationException();
    }

    /** The root of one revision, where it is still among the recent ones. */
    public Optional<FleetState> root(long revision) {
        throw new UnsupportedOperationException();
    }

    /** Calls the listener with the newest root after each log entry and snapshot, in order, on the thread that applies: it must only wake others. */
    public Registration onCommit(Consumer<FleetState> listener) {
        throw new UnsupportedOperationException();
    }

    /** Takes a snapshot now; gives the log index that it covers once it is on disk. */
    public CompletableFuture<Long> snapshot() {
        throw new UnsupportedOperationException();
    }

    /** What this member knows right now. */
    public Status status() {
        throw new UnsupportedOperationException();
    }

    /** Leaves without a trace: what is under way fails, the directory is unlocked. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
