package dev.nestmap.benchmarks.publish;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times of one thing done by both sides in turn, and what they come to. */
final class Figures {
    private final Map<String, List<Long>> ours = new LinkedHashMap<>();
    private final Map<String, List<Long>> theirs = new LinkedHashMap<>();

    void add(String what, long nanos, long nanosInC) {
        ours.computeIfAbsent(what, _ -> new ArrayList<>()).add(nanos);
        theirs.computeIfAbsent(what, _ -> new ArrayList<>()).add(nanosInC);
    }

    /** One line for each thing, as README.md has it. */
    String table() {
        StringBuilder lines = new StringBuilder();
        ours.forEach((what, nanos) -> {
            double median = share(nanos, 0.5) / 1e6;
            double medianInC = share(theirs.getOrDefault(what, List.of()), 0.5) / 1e6;
            lines.append("| %s | %,.2f | %,.2f | %.2fx | %,.2f to %,.2f, %,.2f to %,.2f |%n"
                    .formatted(what, median, medianInC, median / medianInC,
                            Collections.min(nanos) / 1e6, Collections.max(nanos) / 1e6,
                            Collections.min(theirs.getOrDefault(what, List.of())) / 1e6,
                            Collections.max(theirs.getOrDefault(what, List.of())) / 1e6));
        });
        return lines.toString();
    }

    /** The time that a share of all times do not exceed. */
    static long share(List<Long> nanos, double share) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, (long) (share * sorted.size())));
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
    }
}
