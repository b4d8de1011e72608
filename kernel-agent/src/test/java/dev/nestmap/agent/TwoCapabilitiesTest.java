package dev.nestmap.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The tests of this module against the real kernel once more, with the two capabilities that an agent has, and no other. */
final class TwoCapabilitiesTest {
    private static final List<String> TESTS = List.of("dev.nestmap.agent.AgentCheckpointTest",
            "dev.nestmap.agent.DriftKindsTest", "dev.nestmap.agent.NestmapAgentTest",
            "dev.nestmap.agent.adopt.ExaminationTest",
            "dev.nestmap.agent.kernel.KernelPinContractTest",
            "dev.nestmap.agent.kernel.KernelSlotContractTest",
            "dev.nestmap.agent.reconcile.EveryTypeTest",
            "dev.nestmap.agent.reconcile.HostObjectsTest",
            "dev.nestmap.agent.reconcile.KnownEntriesTest",
            "dev.nestmap.agent.reconcile.LoaderUpgradeTest",
            "dev.nestmap.agent.reconcile.OwnershipTest",
            "dev.nestmap.agent.reconcile.RepeatedPassTest",
            "dev.nestmap.agent.reconcile.SealedBatchTest",
            "dev.nestmap.agent.reconcile.SealedTypesTest");
    private static final int MINUTES = 5;

    @TempDir
    private Path folder;

    @Test
    void nothingThatTheyTryTakesMore() throws Exception {
        Path bpffs = Files.createDirectory(folder.resolve("bpffs"));
        assertEquals(0, run("mount", "-t", "bpf", "bpf", bpffs.toString()));
        try {
            List<String> words = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL",
                    "--bounding-set", "-all,+bpf,+net_admin", "--inh-caps", "-all",
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                    "-Dnestmap.test.bpffs=" + bpffs, "-cp",
                    System.getProperty("java.class.path"), Once.class.getName()));
            words.addAll(TESTS);
            assertEquals(0, run(words.toArray(String[]::new)), "what failed was printed");
        } finally {
            assertEquals(0, run("umount", bpffs.toString()));
        }
    }

    private static int run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).inheritIO().start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("not done in time: " + Arrays.toString(words));
        }
        return process.exitValue();
    }

    /** The process in which they run. */
    static final class Once {
        private Once() {}

        public static void main(String[] classes) throws IOException {
            String status = Files.readString(Path.of("/proc/self/status"));
            assertTrue(status.contains("CapEff:\t0000008000001000\n"), status);
            SummaryGeneratingListener listener = new SummaryGeneratingListener();
            LauncherFactory.create()
                    .execute(LauncherDiscoveryRequestBuilder.request()
                            .selectors(Arrays.stream(classes)
                                    .map(name -> selectClass(name))
                                    .toList())
                            .build(), listener);
            TestExecutionSummary summary = listener.getSummary();
            summary.getFailures().forEach(failure -> {
                System.out.println(failure.getTestIdentifier().getDisplayName());
                failure.getException().printStackTrace(System.out);
            });
            System.out.printf("with CAP_BPF and CAP_NET_ADMIN alone: %d tests, %d failed%n",
                    summary.getTestsFoundCount(), summary.getTotalFailureCount());
            System.exit(summary.getTestsSucceededCount() == summary.getTestsFoundCount() ? 0 : 1);
        }
    }
}
