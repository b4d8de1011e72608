package dev.nestmap.benchmarks.cache;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures hits and prints medians, and how many times those of the bare maps ours are. */
public final class CacheComparison {
    private static final String[][] PAIRS = {{"nearCache", "caffeine"}, {"nearReads", "caffeine"},
            {"nearCache", "expiring"}, {"mirror", "caffeine"}, {"mirrorView", "caffeine"},
            {"mirror", "expiring"}, {"mirror", "tree"},
            {"nearWithout", "caffeine"}, {"mirrorWithout", "caffeine"}};

    private CacheComparison() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws RunnerException {
        var options = new OptionsBuilder().include(CacheBenchmark.class.getName() + ".*")
                .verbosity(VerboseMode.SILENT)
                .build();
        SortedMap<Integer, Map<String, Double>> medians = new TreeMap<>();
        for (RunResult result : new Runner(options).run()) {
            medians.computeIfAbsent(
                    Integer.valueOf(result.getParams().getParam("elementCount")),
                    count -> new TreeMap<>())
                    .put(result.getPrimaryResult().getLabel(), median(result));
        }
        medians.forEach((count, nanos) -> {
            System.out.printf(Locale.ROOT, "%,d elements%n", count);
            nanos.forEach((name, median) -> System.out.printf(Locale.ROOT, "  %-13s %8.1f ns%n",
                    name, median));
            for (String[] pair : PAIRS) {
                System.out.printf(Locale.ROOT, "  %-13s is %.2f times %s%n", pair[0],
                        nanos.getOrDefault(pair[0], Double.NaN)
                                / nanos.getOrDefault(pair[1], Double.NaN),
                        pair[1]);
            }
        });
    }

    private static double median(RunResult result) {
        double[] nanos = result.getBenchmarkResults()
                .stream()
                .flatMap(run -> run.getIterationResults().stream())
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .toArray();
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }
}
