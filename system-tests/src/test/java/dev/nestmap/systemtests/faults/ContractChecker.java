package dev.nestmap.systemtests.faults;

import dev.nestmap.systemtests.faults.ReadHistory.Read;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Looks for reads that break the contract of caches, in the histories of writers and readers on one clock. */
final class ContractChecker {
    private static final int MOST_VIOLATIONS = 20;

    private final List<KeyHistory> keys;
    private final long boundNanos;
    private final List<String> violations = new ArrayList<>();
    private long oldestNanos;

    ContractChecker(List<KeyHistory> keys, Duration bound) {
        this.keys = keys;
        this.boundNanos = bound.toNanos();
    }

    /**
     * Checks all that was read through one cache.
     *
     * @param own the keys that the cache's own client wrote
     */
    void check(String cache, List<ReadHistory> threads, IntPredicate own) {
        List<Read> reads = threads.stream()
                .flatMap(thread -> IntStream.range(0, thread.size()).mapToObj(thread::read))
                .toList();
        List<Read> byEnd = reads.stream()
                .sorted(Comparator.comparingLong(Read::endNanos))
                .toList();
        long floor = 0;
        int ended = 0;
        for (Read read : reads.stream()
                .sorted(Comparator.comparingLong(Read::beginNanos))
                .toList()) {
            while (byEnd.get(ended).endNanos() < read.beginNanos()) {
                Read before = byEnd.get(ended++);
                int seen = keys.get(before.key()).seen(before.value(), before.endNanos());
                // Which of several deletions was seen is not known, so it proves nothing about others.
                floor = before.value() > 0 && seen >= 0
                        ? Math.max(floor, keys.get(before.key()).revision(seen))
                        : floor;
            }
            check(cache, read, floor, own.test(read.key()));
        }
    }

    private void check(String cache, Read read, long floor, boolean own) {
        KeyHistory key = keys.get(read.key());
        int seen = key.seen(read.value(), read.endNanos());
        if (seen < 0) {
            violation("%s: key %d had %d, which nobody had written".formatted(cache, read.key(),
                    read.value()));
            return;
        }
        int must = key.lastAcknowledged(own ? read.beginNanos() : read.beginNanos() - boundNanos);
        if (seen < must) {
            violation(
                    "%s: key %d had write %d, but write %d was acknowledged %s before the read began"
                            .formatted(cache, read.key(), seen, must, own
                                    ? "by the own client"
                                    : "more than " + Duration.ofNanos(boundNanos)));
        }
        if (key.revision(seen + 1) <= floor) {
            violation(
                    "%s: key %d had write %d, gone since revision %d, after revision %d had been read"
                            .formatted(cache, read.key(), seen, key.revision(seen + 1), floor));
        }
        int newest = key.lastAcknowledged(read.beginNanos());
        if (seen < newest) {
            oldestNanos = Math.max(oldestNanos, age(key, seen, read.beginNanos()));
        }
    }

    /** For how long the successor of what was seen had been acknowledged. */
    private static long age(KeyHistory key, int seen, long beginNanos) {
        return beginNanos - key.ackNanos(seen + 1);
    }

    private void violation(String sentence) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(sentence);
        }
    }

    List<String> violations() {
        return violations;
    }

    /** The greatest age of an answer that was not the newest acknowledged one. */
    Duration oldest() {
        return Duration.ofNanos(oldestNanos);
    }
}
