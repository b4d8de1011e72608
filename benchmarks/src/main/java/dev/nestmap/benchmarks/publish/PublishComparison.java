package dev.nestmap.benchmarks.publish;

import dev.nestmap.agent.HostKernel;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.model.map.MapFlags;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Publishes with the agent's own code and with the C program, in turn, and prints medians, ratios and ranges. */
public final class PublishComparison {
    /** One that is in use, two that are kept, and the next: none is among those that are kept when it comes. */
    private static final int VERSIONS = 4;
    private static final int BATCH = 4096;
    private static final int WARM_UP = 12;
    private static final int CHECKS = 20;

    private final Sizes sizes;
    private final Kernel kernel;
    private final Path program;

    private PublishComparison(Sizes sizes, Kernel kernel, Path program) {
        this.sizes = sizes;
        this.kernel = kernel;
        this.program = program;
    }

    /**
     * How much is measured.
     *
     * @param rings of 65,537 elements or so, filled through their memory
     * @param batchedRings the same filled by batches, which takes far longer
     * @param entries of a ring
     * @param keys of the hash
     * @param changes of one key
     * @param rounds of all others
     */
    record Sizes(int rings, int batchedRings, int entries, int keys, int changes, int rounds) {
        static Sizes fromProperties() {
            return new Sizes(Integer.getInteger("nestmap.rings", 512),
                    Integer.getInteger("nestmap.batched", 32),
                    Integer.getInteger("nestmap.entries", 65_537),
                    Integer.getInteger("nestmap.keys", 1_000_000),
                    Integer.getInteger("nestmap.changes", 5_000),
                    Integer.getInteger("nestmap.rounds", 7));
        }
    }

    /** Takes no arguments; sizes are properties. */
    public static void main(String[] arguments) throws Exception {
        run(Sizes.fromProperties(), new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }

    static void run(Sizes sizes, PrintStream out) throws Exception {
        Path directory = Files.createTempDirectory("publish");
        Path program = CProgram.compile(directory);
        try (Kernel kernel = HostKernel.open()) {
            PublishComparison comparison = new PublishComparison(sizes, kernel, program);
            out.println("| milliseconds, median of " + sizes.rounds()
                    + " | agent | C | ratio | agent, CPU | C, CPU | ratio |"
                    + "\n| --- | --- | --- | --- | --- | --- | --- |");
            out.print(comparison.rings(sizes.rings(), MapFlags.MMAPABLE, "mmap"));
            out.print(comparison.rings(sizes.batchedRings(), 0, "batch"));
            out.print(comparison.hash());
            out.println("\n| one changed key, milliseconds of " + sizes.changes()
                    + " | p50 | p99 | most |\n| --- | --- | --- | --- |");
            out.print(OneKey.run(kernel, sizes.changes()));
        } finally {
            Files.delete(program);
            Files.delete(directory.resolve("publish.c"));
            Files.delete(directory);
        }
    }

    private String rings(int rings, int flags, String way) throws Exception {
        Figures figures = new Figures();
        String of = " of %d rings of %,d, %s".formatted(rings, sizes.entries(), way);
        try (PinFolder ours = new PinFolder("agent");
                PinFolder theirs = new PinFolder("c");
                Rings agent = new Rings(kernel, ours.path(), rings, sizes.entries(), flags);
                CProgram c = CProgram.start(program, "rings", rings, sizes.entries(), way,
                        theirs.path())) {
            List<Desired> versions = new ArrayList<>();
            for (int seed = 0; seed < VERSIONS; seed++) {
                versions.add(agent.desired(seed));
            }
            Desired base = versions.removeFirst();
            agent.publish(base);
            c.time("full 0");
            for (int round = -WARM_UP; round < sizes.rounds(); round++) {
                Figures kept = round < 0 ? new Figures() : figures;
                Desired next = versions.get((round + WARM_UP) % versions.size());
                Desired single = agent.withRing(next, 17 % rings, 1000 + round);
                System.gc();
                Time full = agent.publish(next);
                kept.add("full publish" + of, full, c.time("full " + seed(round)));
                kept.add(
                        "the same, beside a C program that only fills and sets slots (%s)"
                                .formatted(way),
                        full,
                        c.time("bare " + seed(round)));
                kept.add("publish of one" + of, agent.publish(single),
                        c.time("one " + seed(round)));
                kept.add("rollback" + of, agent.publish(base), c.time("back"));
                for (int i = 0; i < CHECKS; i++) {
                    kept.add("check of the slots" + of, agent.check(), c.time("check"));
                }
            }
        }
        return figures.table();
    }

    private String hash() throws Exception {
        Figures figures = new Figures();
        try (PinFolder ours = new PinFolder("hash");
                HashWrites agent = new HashWrites(kernel, ours.path(), sizes.keys());
                CProgram c = CProgram.start(program, "hash", sizes.keys(), BATCH)) {
            List<Desired> versions = List.of(agent.desired(0), agent.desired(1));
            for (int round = -WARM_UP; round < sizes.rounds(); round++) {
                Figures kept = round < 0 ? new Figures() : figures;
                System.gc();
                kept.add("all values of a hash of %,d".formatted(sizes.keys()),
                        agent.write(versions.get(Math.floorMod(round, versions.size()))),
                        c.time("write " + seed(round)));
            }
        }
        return figures.table();
    }

    /** Another with each round. */
    private static int seed(int round) {
        return 1 + WARM_UP + round;
    }
}
