package dev.nestmap.benchmarks.tree;

import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures every contender and prints one table: medians, and in brackets how many times ours that
 * is.
 */
public final class TreeComparison {
    private static final int ELEMENTS = 1_000_000;
    private static final int GROWTH_BATCH = 1_000;

    private final Map<String, Map<Contender, Double>> rows = new LinkedHashMap<>();

    private TreeComparison() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws RunnerException, IOException {
        TreeComparison comparison = new TreeComparison();
        comparison.measureHeap();
        comparison.measureTime();
        System.out.print(comparison.table());
    }

    private void measureHeap() throws IOException {
        for (Contender contender : Contender.values()) {
            put("heap, loaded at once (bytes/element)", contender,
                    HeapUse.bytesPerElement(contender, ELEMENTS, ELEMENTS));
        }
        put("heap, grown by random batches (bytes/element)", Contender.NESTMAP_TREE,
                HeapUse.bytesPerElement(Contender.NESTMAP_TREE, ELEMENTS, GROWTH_BATCH));
    }

    private void measureTime() throws RunnerException {
        var options = new OptionsBuilder().include(TreeBenchmark.class.getName() + ".*")
                .param("elementCount", Integer.toString(ELEMENTS))
                .verbosity(VerboseMode.SILENT)
                .build();
        for (RunResult result : new Runner(options).run()) {
            put(result.getPrimaryResult().getLabel() + " (us of CPU)",
                    Contender.valueOf(result.getParams().getParam("contender")),
                    medianCpuMicros(result));
        }
    }

    private static double medianCpuMicros(RunResult result) {
        double[] micros = result.getBenchmarkResults()
                .stream()
                .flatMap(run -> run.getIterationResults().stream())
                .mapToDouble(iteration -> event(iteration, "cpuNanos")
                        / event(iteration, "operations") / 1_000)
                .sorted()
                .toArray();
        return micros[micros.length / 2];
    }

    @SuppressWarnings("rawtypes") // as JMH declares them
    private static double event(IterationResult iteration, String name) {
        return iteration.getSecondaryResults()
                .entrySet()
                .stream()
                .filter(result -> result.getKey().endsWith(name))
                .findFirst()
                .orElseThrow()
                .getValue()
                .getScore();
    }

    private void put(String row, Contender contender, double value) {
        rows.computeIfAbsent(row, key -> new EnumMap<>(Contender.class)).put(contender, value);
    }

    private String table() {
        StringBuilder table = new StringBuilder("| median of 1,000,000 elements of 8 + 8 bytes |");
        for (Contender contender : Contender.values()) {
            table.append(' ').append(contender.title()).append(" |");
        }
        table.append("\n|").append(" --- |".repeat(1 + Contender.values().length)).append('\n');
        rows.forEach((row, values) -> {
            table.append("| ").append(row).append(" |");
            for (Contender contender : Contender.values()) {
                table.append(' ').append(cell(values, contender)).append(" |");
            }
            table.append('\n');
        });
        return table.toString();
    }

    private static String cell(Map<Contender, Double> values, Contender contender) {
        Double value = values.get(contender);
        Double ours = values.get(Contender.NESTMAP_TREE);
        if (value == null || ours == null) {
            return "-";
        }
        String number = String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
        return contender == Contender.NESTMAP_TREE
                ? number
                : String.format(Locale.ROOT, "%s (%.2fx)", number, value / ours);
    }
}
