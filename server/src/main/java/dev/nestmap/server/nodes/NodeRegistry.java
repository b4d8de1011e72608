package dev.nestmap.server.nodes;

import dev.nestmap.model.Bytes;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.Report;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The hosts that follow, or did. Bounded: beyond the limit a host that is gone makes room for a new one. */
public final class NodeRegistry {
    private static final int LIMIT = 20_000;
    /** Changes of the state are no changes here, so a waiter looks by itself now and then. */
    private static final long LONGEST_WAIT_NANOS = Duration.ofMillis(200).toNanos();

    /** Longer than agents wait between two attempts to follow. */
    private static final Duration SETTLING = Duration.ofSeconds(8);

    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by {@code lock}. */
    private final TreeMap<String, NodeRecord> nodes = new TreeMap<>();
    /** How to end the stream of a node's agent; guarded by {@code lock}. */
    private final Map<String, Runnable> streams = new HashMap<>();
    /** Guarded by {@code lock}. */
    private long changes;
    /** Guarded by {@code lock}. */
    private long settledAtNanos;

    /** Reads times from a monotonic clock. */
    public NodeRegistry(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.settledAtNanos = nanoClock.getAsLong();
    }

    /** A host's agent follows. An older stream of the same host is ended. False where there is no room. */
    public boolean connect(Hello hello, Runnable endStream) {
        Runnable older;
        lock.lock();
        try {
            if (!nodes.containsKey(hello.getNode()) && nodes.size() >= LIMIT && !evictOne()) {
                return false;
            }
            NodeRecord known = nodes.get(hello.getNode());
            Bytes incarnation = Bytes.copyOf(hello.getIncarnation().toByteArray());
            Report report = known != null && known.incarnation().equals(incarnation)
                    ? known.report()
                    : Report.getDefaultInstance();
            nodes.put(hello.getNode(),
                    new NodeRecord(hello.getNode(), incarnation, hello.getLabelsMap(),
                            hello.getFacts(),
                            report, true,
                            nanoClock.getAsLong()));
            older = streams.put(hello.getNode(), endStream);
            change();
        } finally {
            lock.unlock();
        }
        if (older != null) {
            older.run();
        }
        return true;
    }

    /** A host's agent says what it did; ignored where the stream is not the host's newest. */
    public void report(String node, Runnable endStream, Report report) {
        lock.lock();
        try {
            if (isCurrent(node, endStream)) {
                nodes.computeIfPresent(node,
                        (_, record) -> record.reported(report, nanoClock.getAsLong()));
                change();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A stream has ended; ignored where it is not the host's newest. */
    public void disconnect(String node, Runnable endStream) {
        lock.lock();
        try {
            if (isCurrent(node, endStream)) {
                streams.remove(node);
                nodes.computeIfPresent(node, (_, record) -> record.disconnected());
                change();
            }
        } finally {
            lock.unlock();
        }
    }

    /** All hosts, by name. */
    public SortedMap<String, NodeRecord> all() {
        lock.lock();
        try {
            return new TreeMap<>(nodes);
        } finally {
            lock.unlock();
        }
    }

    /** One host. */
    public Optional<NodeRecord> find(String node) {
        lock.lock();
        try {
            return Optional.ofNullable(nodes.get(node));
        } finally {
            lock.unlock();
        }
    }

    /** This member leads since now, in the place of another: the agents are on their way. */
    public void takeOver() {
        lock.lock();
        try {
            settledAtNanos = nanoClock.getAsLong() + SETTLING.toNanos();
            change();
        } finally {
            lock.unlock();
        }
    }

    /** True where agents may still be on their way here, so that who is known are not all. */
    public boolean isSettling() {
        lock.lock();
        try {
            return nodes.isEmpty() || settledAtNanos - nanoClock.getAsLong() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Hosts whose agents follow now. */
    public int connected() {
        lock.lock();
        try {
            return streams.size();
        } finally {
            lock.unlock();
        }
    }

    /** Since when a host was not heard of. */
    public Duration silence(NodeRecord node) {
        return Duration.ofNanos(Math.max(0, nanoClock.getAsLong() - node.lastHeardNanos()));
    }

    /** Forgets all, and ends all streams: this member leads no more. */
    public void clear() {
        Map<String, Runnable> ended;
        lock.lock();
        try {
            ended = new HashMap<>(streams);
            streams.clear();
            nodes.clear();
            change();
        } finally {
            lock.unlock();
        }
        ended.values().forEach(Runnable::run);
    }

    /**
     * Asks again after changes, but not more often than the pace, until there is an answer, the asker goes away or the time is
     * over.
     */
    public <T> Optional<T> await(Supplier<Optional<T>> question, Duration timeout,
            BooleanSupplier isGone)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        Optional<T> answer = question.get();
        while (answer.isEmpty() && !isGone.getAsBoolean()
                && deadlineNanos - System.nanoTime() > 0) {
            awaitChange(Math.min(deadlineNanos - System.nanoTime(), LONGEST_WAIT_NANOS));
            answer = question.get();
        }
        return answer;
    }

    /** Waits for the next change; then a moment more, in which others gather. */
    private void awaitChange(long atMostNanos) throws InterruptedException {
        lock.lock();
        try {
            long before = changes;
            long leftNanos = Math.max(0, atMostNanos);
            while (changes == before && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private void change() {
        changes++;
        changed.signalAll();
    }

    private boolean isCurrent(String node, Runnable endStream) {
        return endStream.equals(streams.get(node));
    }

    private boolean evictOne() {
        for (NodeRecord record : nodes.values()) {
            if (!record.connected()) {
                nodes.remove(record.name());
                return true;
            }
        }
        return false;
    }
}
