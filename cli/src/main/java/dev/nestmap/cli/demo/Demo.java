package dev.nestmap.cli.demo;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.client.NestmapClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Plays steps and prints, for each, the command, its answer, and what the kernel says. One thread uses it. */
final class Demo {
    private static final double NANOS_PER_MILLI = 1e6;

    private final CommandRunner runner;
    private final String server;
    private final NestmapClient client;
    private final Stopwatch stopwatch;
    private final PinnedMaps kernel;
    private final String mark;
    private final Output output;

    Demo(CommandRunner runner, String server, NestmapClient client, Stopwatch stopwatch,
            PinnedMaps kernel, String mark, Output output) {
        this.runner = runner;
        this.server = server;
        this.client = client;
        this.stopwatch = stopwatch;
        this.kernel = kernel;
        this.mark = mark;
        this.output = output;
    }

    void introduce(KernelFeatures features, Path pinRoot) {
        say("nestmap demo: a store on %s and an agent of its own; pins under %s; kernel %s"
                .formatted(
                        server, pinRoot, features.release()));
        say("Each step is a command as you would type it, its answer, and what the kernel says when asked"
                + (features.simulated() ? "; this kernel is an imitation" : " through libbpf"));
    }

    /** True where every answer, the kernel's too, was the expected one. */
    boolean play(List<DemoStep> steps) throws InterruptedException {
        int unexpected = 0;
        for (DemoStep step : steps) {
            unexpected += play(step) ? 0 : 1;
        }
        say("");
        say(unexpected == 0
                ? "%d steps, all as expected; the demo's maps and files are removed".formatted(
                        steps.size())
                : "%d of %d steps did not go as expected".formatted(unexpected, steps.size()));
        say("Next: nestmap dev, then the same commands in another terminal");
        return unexpected == 0;
    }

    private boolean play(DemoStep step) throws InterruptedException {
        if (!step.why().isEmpty()) {
            say("");
            say("# " + step.why());
        }
        say("$ " + step.commandLine());
        long before = revision();
        CompletableFuture<Optional<Stopwatch.Applied>> applied = stopwatch.expect(before + 1);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int exitCode;
        try (PrintStream stream = new PrintStream(answer, false, StandardCharsets.UTF_8)) {
            exitCode = runner.run(withServer(step.words()), stream, stream);
        }
        long answered = System.nanoTime();
        answer.toString(StandardCharsets.UTF_8).lines().forEach(this::say);
        if (exitCode != 0) {
            say("(exit code %d)".formatted(exitCode));
        }
        long after = revision();
        String time = "revision stays %d".formatted(after);
        if (after != before) {
            OptionalLong nanos = stopwatch.elapsed(after, answered, applied);
            time = nanos.isEmpty()
                    ? "revision %d was not applied in time".formatted(after)
                    : "revision %d, applied %.1f ms after its commit".formatted(after,
                            nanos.getAsLong() / NANOS_PER_MILLI);
        }
        KernelQuestion.Answer found = ask(step.question());
        say("  kernel: %s".formatted(found.text()));
        say("  %s".formatted(time));
        boolean expected = exitCode == step.exitCode() && found.expected();
        if (!expected) {
            say("  NOT EXPECTED: exit code %d, %d was".formatted(exitCode, step.exitCode()));
        }
        return expected;
    }

    private KernelQuestion.Answer ask(KernelQuestion question) {
        try {
            return question.ask(kernel);
        } catch (KernelException e) {
            return new KernelQuestion.Answer(String.valueOf(e.getMessage()), false);
        }
    }

    private long revision() {
        return client.cluster().status().revision();
    }

    private List<String> withServer(List<String> words) {
        List<String> arguments = new ArrayList<>(List.of("--server", server));
        arguments.addAll(words);
        return arguments;
    }

    private void say(String line) {
        output.printNow((mark + line).stripTrailing() + "\n");
    }
}
