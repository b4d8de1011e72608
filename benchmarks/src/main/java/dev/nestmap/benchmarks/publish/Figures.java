package dev.nestmap.benchmarks.publish;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Times of one thing done by both sides in turn, and what they come to. */
final class Figures {
    private final Map<String, List<Time>> ours = new LinkedHashMap<>();
    private final Map<String, List<Time>> theirs = new LinkedHashMap<>();

    void add(String what, Time agent, Time c) {
        ours.computeIfAbsent(what, _ -> new ArrayList<>()).add(agent);
        theirs.computeIfAbsent(what, _ -> new ArrayList<>()).add(c);
    }

    /** One line for each thing, as README.md has it. */
    String table() {
        StringBuilder lines = new StringBuilder();
        ours.forEach((what, times) -> {
            List<Time> inC = theirs.getOrDefault(what, List.of());
            lines.append("| %s | %s | %s |%n".formatted(what,
                    pair(times, inC, Time::nanos), pair(times, inC, Time::cpuNanos)));
        });
        return lines.toString();
    }

    private static String pair(List<Time> times, List<Time> inC, ToLongFunction<Time> which) {
        double ours = share(nanos(times, which), 0.5) / 1e6;
        double theirs = share(nanos(inC, which), 0.5) / 1e6;
        return String.format(Locale.ROOT, "%,.2f | %,.2f | %.2fx", ours, theirs, ours / theirs);
    }

    private static List<Long> nanos(List<Time> times, ToLongFunction<Time> which) {
        return times.stream().map(which::applyAsLong).toList();
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
