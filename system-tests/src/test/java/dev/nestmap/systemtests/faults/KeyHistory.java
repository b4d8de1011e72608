package dev.nestmap.systemtests.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * What one writer did to one key, one after the other. Operation n (from 1) writes n, or deletes the key where n is a
 * multiple of eight; operation 0 is the absence before. Written by one thread at a time; read when all is over.
 */
final class KeyHistory {
    private static final int DELETE_EVERY = 8;

    private final List<Operation> operations = new ArrayList<>(
            List.of(new Operation(Long.MIN_VALUE, Long.MIN_VALUE, 0)));

    /**
     * One write.
     *
     * @param revision what it made
     */
    record Operation(long startNanos, long ackNanos, long revision) {}

    static boolean deletes(long number) {
        return number % DELETE_EVERY == 0;
    }

    long next() {
        return operations.size();
    }

    void acknowledged(long startNanos, long ackNanos, long revision) {
        operations.add(new Operation(startNanos, ackNanos, revision));
    }

    /** The last operation acknowledged before a time. */
    int lastAcknowledged(long nanos) {
        int low = 0;
        int high = operations.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (operations.get(middle).ackNanos() < nanos) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The operation that a reader saw: of several deletions the last that had begun; -1: none wrote that. */
    int seen(long value, long endNanos) {
        if (value > 0) {
            return value < operations.size() && !deletes(value)
                    && operations.get((int) value).startNanos() <= endNanos ? (int) value : -1;
        }
        int last = operations.size() - 1;
        while (last > 0 && !(deletes(last) && operations.get(last).startNanos() <= endNanos)) {
            last--;
        }
        return last;
    }

    /** The revision of an operation; {@link Long#MAX_VALUE}: there is none such. */
    long revision(int operation) {
        return operation < operations.size()
                ? operations.get(operation).revision()
                : Long.MAX_VALUE;
    }

    /** When an operation was acknowledged. */
    long ackNanos(int operation) {
        return operations.get(operation).ackNanos();
    }

    int count() {
        return operations.size() - 1;
    }
}
