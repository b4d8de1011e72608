package dev.nestmap.agent.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.libbpf.LibbpfKernel;
import dev.nestmap.model.differential.Comparison;
import dev.nestmap.model.differential.Coverage;
import dev.nestmap.model.differential.Differential;
import dev.nestmap.model.differential.ModelSubject;
import dev.nestmap.model.differential.Sweep;
import dev.nestmap.model.differential.Transcript;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on maps of all types, with all attributes, give the same in the model and on the kernel of this host, but
 * for the intended differences. {@code -Dnestmap.operations=N -Dnestmap.seed=S} runs as many and others;
 * {@code -Dnestmap.transcript=FILE} repeats what a failure printed.
 */
class DifferentialTest {
    private static final long OPERATIONS = Long.getLong("nestmap.operations", 200_000);
    private static final long SEED = Long.getLong("nestmap.seed", 1);

    @Test
    void theModelAnswersEveryOperationAsTheKernelDoes() throws Exception {
        try (Kernel kernel = LibbpfKernel.open()) {
            long start = System.nanoTime();
            differential(kernel).run(SEED, OPERATIONS);
            System.out.printf(
                    "differential: seed %d, %d operations in %d s, no unexplained difference%n",
                    SEED, OPERATIONS, (System.nanoTime() - start) / 1_000_000_000);
        }
    }

    @Test
    void everyAttributeAndEveryVerbOfEveryTypeIsAnsweredAsTheKernelDoes() throws Exception {
        Coverage coverage = new Coverage();
        try (Kernel kernel = LibbpfKernel.open()) {
            differential(kernel, coverage).runAll(Sweep.all());
        }
        if (Boolean.getBoolean("nestmap.coverage")) {
            System.out.println(coverage.table());
        }
        assertEquals("", coverage.missing(resource("coverage.txt")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"every_type", "full_maps", "orders"})
    void transcriptsOfFormerFailuresShowNone(String name) throws Exception {
        replay(resource(name + ".txt"));
    }

    @Test
    void aTranscriptFromAFileCanBeRepeated() throws Exception {
        String file = System.getProperty("nestmap.transcript");
        if (file != null) {
            replay(Files.readString(Path.of(file)));
        }
    }

    private static void replay(String transcript) throws Exception {
        try (Kernel kernel = LibbpfKernel.open()) {
            assertEquals(Optional.empty(),
                    differential(kernel).replay(Transcript.parse(transcript)));
        }
    }

    private static Differential differential(Kernel kernel) {
        return differential(kernel, new Coverage());
    }

    private static Differential differential(Kernel kernel, Coverage coverage) {
        return new Differential(() -> new Comparison(new ModelSubject(kernel.possibleCpus()),
                new KernelSubject(kernel), Comparison.Other.KERNEL, coverage));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                DifferentialTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
