package dev.nestmap.benchmarks.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A nestmap process and what the kernel says of it. */
final class Daemon implements AutoCloseable {
    /** USER_HZ, in which /proc counts on every Linux. */
    private static final long TICKS_PER_SECOND = 100;
    private static final int USER_TICKS_FIELD = 11;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path output;
    private final long begunNanos = System.nanoTime();

    private Daemon(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it; what it prints goes to a file. */
    static Daemon start(Path nestmap, String javaOptions, Path output, List<String> words)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(nestmap.toString()));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("NESTMAP_JAVA_OPTS", javaOptions);
        return new Daemon(builder.start(), output);
    }

    /** Waits until it has printed this; gives the time since its start. */
    Duration awaitOutput(String text) throws IOException, InterruptedException {
        while (!Files.readString(output).contains(text)) {
            if (!process.isAlive() || System.nanoTime() - begunNanos > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        "it did not say \"" + text + "\":\n" + Files.readString(output));
            }
            Thread.sleep(2);
        }
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /** Of all its threads since its start. */
    Duration cpuTime() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        // Behind the name, which may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[USER_TICKS_FIELD])
                + Long.parseLong(fields[USER_TICKS_FIELD + 1]);
        return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
    }

    /** Bytes of memory that it has in RAM. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))
                .stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                Process _ = process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
