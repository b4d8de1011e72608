package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The heap that a loaded map holds, in a JVM of its own: what is in use after a collection, with
 * the map and without it.
 */
final class HeapUse {
    private HeapUse() {}

    /** Prints the bytes in use for {@code contender, element count, elements per batch}. */
    public static void main(String[] arguments) {
        Contender contender = Contender.valueOf(arguments[0]);
        int elementCount = Integer.parseInt(arguments[1]);
        int batchSize = Integer.parseInt(arguments[2]);
        usedBytes();
        long before = usedBytes();
        Version version = load(contender, elementCount, batchSize);
        long after = usedBytes();
        if (version.get(new Workload(elementCount).randomKey()) == null) {
            throw new IllegalStateException(contender + " lost a key");
        }
        System.out.println(after - before);
    }

    /** Runs {@link #main} in a fresh JVM like this one. */
    static double bytesPerElement(Contender contender, int elementCount, int batchSize)
            throws IOException {
        Process process = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"), "-Xmx3g",
                "-XX:+UseSerialGC", "-classpath", System.getProperty("java.class.path"),
                HeapUse.class.getName(),
                contender.name(), Integer.toString(elementCount), Integer.toString(batchSize))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(output.strip()) / (double) elementCount;
    }

    /** One batch in order, or batches of random keys one after another. */
    static Version load(Contender contender, int elementCount, int batchSize) {
        SortedMap<Bytes, Bytes> elements = new Workload(elementCount).elements();
        if (batchSize >= elementCount) {
            return contender.load(elements);
        }
        // Values number the elements in the order in which they come.
        TreeMap<Bytes, Bytes> batch = new TreeMap<>();
        Version version = contender.load(batch);
        for (var element : byNumber(elements)) {
            batch.put(element.getKey(), element.getValue());
            if (batch.size() == batchSize) {
                version = version.withAll(batch);
                batch.clear();
            }
        }
        return version.withAll(batch);
    }

    private static List<Map.Entry<Bytes, Bytes>> byNumber(SortedMap<Bytes, Bytes> elements) {
        return elements.entrySet()
                .stream()
                .sorted(Comparator.comparingInt(e -> e.getValue().intLe(0)))
                .toList();
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
