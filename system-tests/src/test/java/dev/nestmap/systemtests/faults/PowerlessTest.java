package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Running;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes to which the kernel denies bpf(2). */
class PowerlessTest {
    private static final String MARK = "[simulated kernel]";
    private static final int EPERM = 255;

    private final Processes processes = new Processes();

    @AfterEach
    void endThem() {
        processes.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "demo", "agent"})
    void withoutCapBpfEachSaysWhatIsMissingAndOffersTheSimulatedKernel(String verb) {
        List<String> words = switch (verb) {
            case "dev" -> List.of("dev", "--data-dir", processes.data("dev").toString(),
                    "--listen", Processes.freeAddress());
            default -> List.of(verb);
        };
        Answer answer = Processes.attempt(Processes.powerless(words.toArray(String[]::new)));
        assertEquals(EPERM, answer.exitCode(), answer::toString);
        assertTrue(answer.err().contains("this process lacks CAP_BPF"), answer::toString);
        assertTrue(answer.err().contains("EPERM"), answer::toString);
        assertTrue(answer.err().contains("--kernel=simulated"), answer::toString);
        assertEquals("", answer.out());
        assertFalse(Files.exists(processes.data("dev")), "a data directory for nothing");
    }

    @Test
    void demoOnTheSimulatedKernelMarksEveryLine() {
        Answer answer = Processes.attempt(Processes.powerless("demo", "--kernel=simulated"));
        assertEquals(0, answer.exitCode(), answer::toString);
        assertEquals("", answer.err());
        assertTrue(answer.out().lines().count() > 10, answer::toString);
        assertEquals(List.of(),
                answer.out().lines().filter(line -> !line.startsWith(MARK)).toList());
    }

    @Test
    void devOnTheSimulatedKernelServesAndMarksWhatItPrints() {
        String listen = Processes.freeAddress();
        Running dev = processes.track(Processes.powerless("dev", "--kernel=simulated", "--data-dir",
                processes.data("dev").toString(), "--listen", listen, "--node", "dev").start());
        dev.awaitOutput("store on " + listen, Processes.START);
        Processes.done(listen, "map create type hash key 4 value 4 entries 16 name m");
        assertTrue(Processes.done(listen, "map wait name m --for=applied")
                .contains("applied on 1 of 1"));
        assertTrue(Processes.done(listen, "node list").contains("simulated"));
        assertEquals(List.of(), (dev.out() + dev.err()).lines()
                .filter(line -> !line.startsWith(MARK))
                .toList());
    }
}
