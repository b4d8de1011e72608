package dev.nestmap.systemtests.faults;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What writers sent and what was acknowledged. Each writer has cells of its own and one write under way
 * at most, so that there are two things a cell may hold at any moment: what was acknowledged last, and
 * what is under way. Safe for threads.
 */
final class Ledger {
    /** Where a number is: an element of a map, or element 0 of the map in a slot. */
    sealed interface Cell {
        /** An element with a value of 8 bytes. */
        record Element(String map, Bytes key) implements Cell {}

        /** Element 0 of the map in a slot. */
        record InSlot(String outer, Bytes key) implements Cell {}
    }

    /**
     * One moment.
     *
     * @param acknowledged what cells must hold
     * @param underWay writes that may or may not have been done, each whole or not at all
     */
    record Page(Map<Cell, Long> acknowledged, List<Map<Cell, Long>> underWay) {
        /** Sentences about what a state of the store may not hold. */
        List<String> violations(Map<Cell, Long> stored) {
            List<String> violations = new ArrayList<>();
            Map<Cell, Long> rest = new HashMap<>(acknowledged);
            for (Map<Cell, Long> write : underWay) {
                List<Boolean> done = write.entrySet()
                        .stream()
                        .map(cell -> cell.getValue().equals(stored.get(cell.getKey())))
                        .distinct()
                        .toList();
                if (done.size() > 1) {
                    violations.add("half done: " + write + " on " + read(stored, write));
                } else if (done.getFirst()) {
                    write.keySet().forEach(rest::remove);
                }
            }
            rest.forEach((cell, number) -> {
                if (!number.equals(stored.get(cell))) {
                    violations.add("lost: %s must hold %d and holds %s".formatted(cell, number,
                            stored.get(cell)));
                }
            });
            return violations;
        }

        private static Map<Cell, Long> read(Map<Cell, Long> stored, Map<Cell, Long> write) {
            Map<Cell, Long> found = new HashMap<>(stored);
            found.keySet().retainAll(write.keySet());
            return found;
        }
    }

    // All guarded by this.
    private final Map<Cell, Long> acknowledged = new HashMap<>();
    private final Map<Integer, Map<Cell, Long>> underWay = new HashMap<>();
    private long count;
    private boolean held;

    /** A writer is about to write; waits while writing is held up. */
    synchronized void begin(int writer, Map<Cell, Long> write) throws InterruptedException {
        while (held) {
            wait();
        }
        underWay.put(writer, Map.copyOf(write));
    }

    /** The writer's last write was acknowledged. */
    synchronized void acknowledge(int writer) {
        Map<Cell, Long> write = underWay.remove(writer);
        if (write == null) {
            throw new IllegalStateException("writer " + writer + " has written nothing");
        }
        acknowledged.putAll(write);
        count++;
    }

    /** No further write begins; those under way go on. */
    synchronized Page hold() {
        held = true;
        return new Page(Map.copyOf(acknowledged), List.copyOf(underWay.values()));
    }

    /** Writing goes on. */
    synchronized void release() {
        held = false;
        notifyAll();
    }

    /** Writes acknowledged so far. */
    synchronized long count() {
        return count;
    }

    /** True where no write is under way. */
    synchronized boolean isQuiet() {
        return underWay.isEmpty();
    }
}
