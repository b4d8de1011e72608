package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The states that readers see: the newest, the recent ones by revision, and who waits for one to come. Written by the thread that
 * applies, read by all.
 */
final class PublishedStates {
    private final int waiterLimit;
    private final Executor replies;
    private final List<Consumer<FleetState>> listeners = new CopyOnWriteArrayList<>();
    private volatile FleetState newest = FleetState.EMPTY;
    /** Guarded by this. */
    private final RecentRoots recent;
    /** In the order in which they come due. Guarded by this. */
    private final TreeMap<Ticket, CompletableFuture<FleetState>> waiters = new TreeMap<>();
    /** Guarded by this. */
    private long lastTicket;
    /** Guarded by this. */
    private boolean closed;

    /** One wait for a revision. */
    private record Ticket(long revision, long number) implements Comparable<Ticket> {
        private static final Comparator<Ticket> ORDER = Comparator.comparingLong(Ticket::revision)
                .thenComparingLong(Ticket::number);

        @Override
        public int compareTo(Ticket other) {
            return ORDER.compare(this, other);
        }
    }

    PublishedStates(Limits limits, Executor replies) {
        this.waiterLimit = limits.revisionWaiters();
        this.replies = replies;
        this.recent = new RecentRoots(limits.recentRoots(), limits.recentBytes());
    }

    FleetState newest() {
        return newest;
    }

    synchronized Optional<FleetState> at(long revision) {
        return recent.find(revision);
    }

    Consensus.Registration listen(Consumer<FleetState> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Adds the state after one write; not yet seen as the newest. */
    synchronized void add(FleetState state, long writeBytes) {
        recent.add(state, writeBytes);
    }

    /** Makes the state after a log entry the newest. */
    void publish(FleetState state) {
        newest = state;
        List<CompletableFuture<FleetState>> reached = reached(state.revision());
        if (!reached.isEmpty()) {
            replies.execute(() -> reached.forEach(waiter -> waiter.complete(state)));
        }
        listeners.forEach(listener -> listener.accept(state));
    }

    /** Starts anew from the state of a snapshot. */
    void restart(FleetState state) {
        synchronized (this) {
            recent.clear();
            recent.add(state, 0);
        }
        publish(state);
    }

    CompletableFuture<FleetState> atLeast(long revision) {
        CompletableFuture<FleetState> waiter = new CompletableFuture<>();
        Ticket ticket;
        synchronized (this) {
            FleetState now = newest;
            if (now.revision() >= revision) {
                return CompletableFuture.completedFuture(now);
            }
            if (closed) {
                return CompletableFuture.failedFuture(new NotLeaderException(Optional.empty()));
            }
            if (waiters.size() >= waiterLimit) {
                return CompletableFuture.failedFuture(new OverloadedException(
                        "%d reads wait for a later revision already".formatted(waiters.size())));
            }
            ticket = new Ticket(revision, ++lastTicket);
            waiters.put(ticket, waiter);
        }
        // a caller that gave up must not stay in the list
        var _ = waiter.whenComplete((state, error) -> {
            if (error != null) {
                forget(ticket);
            }
        });
        return waiter;
    }

    /** Fails all who wait. */
    void close() {
        List<CompletableFuture<FleetState>> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(waiters.values());
            waiters.clear();
        }
        left.forEach(
                waiter -> waiter.completeExceptionally(new NotLeaderException(Optional.empty())));
    }

    private synchronized List<CompletableFuture<FleetState>> reached(long revision) {
        if (waiters.isEmpty() || waiters.firstKey().revision() > revision) {
            return List.of();
        }
        Map<Ticket, CompletableFuture<FleetState>> due = waiters
                .headMap(new Ticket(revision, Long.MAX_VALUE), true);
        List<CompletableFuture<FleetState>> reached = List.copyOf(due.values());
        due.clear();
        return reached;
    }

    private synchronized void forget(Ticket ticket) {
        waiters.remove(ticket);
    }
}
