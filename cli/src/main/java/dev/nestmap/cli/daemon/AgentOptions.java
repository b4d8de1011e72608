package dev.nestmap.cli.daemon;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.AgentMetrics;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Reconciler;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Durations;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options that tell an agent who and where it is. */
final class AgentOptions {
    static final Option NODE = Option.value("--node", "NAME",
            "This host's name in the fleet; default: its host name");
    static final Option LABEL = Option.value("--label", "KEY=VALUE",
            "A label of this host; may be repeated").repeatable();
    static final Option PIN_ROOT = Option.value("--pin-root", "PATH",
            "Where maps are pinned, as PATH/NAMESPACE/NAME; default "
                    + AgentConfig.DEFAULT_PIN_ROOT);
    static final Option KEEP_GENERATIONS = Option.value("--keep-generations", "N",
            "How many former contents of each inner map that is published sealed stay in the kernel, to go back to; default "
                    + Reconciler.DEFAULT_KEEP_GENERATIONS);
    /** Only where the store may be away: {@code dev} brings its own. */
    static final Option STATE_DIR = Option.value("--state-dir", "PATH",
            "Where the last state that was received is kept, for a start without the store; default $STATE_DIRECTORY, else "
                    + AgentConfig.DEFAULT_STATE_DIRECTORY
                    + " (with --kernel=simulated: nowhere)");
    static final Option DRIFT_PASS = Option.value("--drift-pass", "DURATION",
            "All elements are compared with the store at least so often, 0 for never; slots and pins are each second; default "
                    + DriftOptions.DEFAULT.pass().toSeconds() + "s");
    static final Option WATCH_PROGRAMS = Option.value("--watch-programs", "PATH",
            "A pinned program, or a directory of such, of which it is told when it holds another map than the one that is written; may be repeated")
            .repeatable();
    static final Option KEEP_PRIVILEGES = Option.flag("--keep-privileges",
            "Do not give up what keeping maps does not take: BPF_F_ZERO_SEED takes CAP_SYS_ADMIN");
    static final List<Option> ALL = List.of(NODE, LABEL, PIN_ROOT, KEEP_GENERATIONS, DRIFT_PASS,
            WATCH_PROGRAMS, KernelChoice.OPTION);

    private static final String STATE_DIRECTORY = "STATE_DIRECTORY";
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private AgentOptions() {}

    static AgentConfig config(Invocation invocation, List<String> servers)
            throws CommandFailedException {
        Map<String, String> labels = new HashMap<>();
        for (String label : invocation.optionValues(LABEL.name())) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw CommandFailedException
                        .usage("--label %s: must be KEY=VALUE".formatted(label));
            }
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        Optional<String> node = invocation.option(NODE.name());
        try {
            return new AgentConfig(node.isPresent() ? node.get() : hostName(), servers, labels,
                    pinRoot(invocation), Optional.empty(), keepGenerations(invocation))
                    .withDrift(drift(invocation));
        } catch (IllegalArgumentException e) {
            throw CommandFailedException.usage(String.valueOf(e.getMessage()));
        }
    }

    private static DriftOptions drift(Invocation invocation) throws CommandFailedException {
        DriftOptions options = DriftOptions.DEFAULT;
        Optional<String> pass = invocation.option(DRIFT_PASS.name());
        if (pass.isPresent()) {
            options = options.withPass(pass.get().equals("0")
                    ? Duration.ZERO
                    : Durations.parse(DRIFT_PASS.name(), pass.get()));
        }
        List<Path> programs = new ArrayList<>();
        for (String program : invocation.optionValues(WATCH_PROGRAMS.name())) {
            programs.add(path(WATCH_PROGRAMS.name(), program));
        }
        return options.withPrograms(programs);
    }

    private static int keepGenerations(Invocation invocation) throws CommandFailedException {
        Optional<String> given = invocation.option(KEEP_GENERATIONS.name());
        try {
            return given.isPresent()
                    ? Integer.parseInt(given.get())
                    : Reconciler.DEFAULT_KEEP_GENERATIONS;
        } catch (NumberFormatException _) {
            throw CommandFailedException.usage("%s %s: must be a number"
                    .formatted(KEEP_GENERATIONS.name(), given.orElseThrow()));
        }
    }

    static Path pinRoot(Invocation invocation) throws CommandFailedException {
        Optional<String> given = invocation.option(PIN_ROOT.name());
        return given.isPresent()
                ? path(PIN_ROOT.name(), given.get())
                : AgentConfig.DEFAULT_PIN_ROOT;
    }

    /** As the options say, or the service manager, or the default. */
    static Optional<Path> stateDirectory(Invocation invocation, KernelChoice choice)
            throws CommandFailedException {
        Optional<String> given = invocation.option(STATE_DIR.name());
        if (given.isPresent()) {
            return Optional.of(path(STATE_DIR.name(), given.get()).toAbsolutePath());
        }
        // systemd separates several by colons.
        String fromManager = System.getenv().getOrDefault(STATE_DIRECTORY, "").split(":", -1)[0];
        return switch (choice) {
            case SIMULATED -> Optional.empty();
            case REAL -> Optional.of(fromManager.isEmpty()
                    ? AgentConfig.DEFAULT_STATE_DIRECTORY
                    : path(STATE_DIRECTORY, fromManager));
        };
    }

    static Path path(String option, String text) throws CommandFailedException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw CommandFailedException
                    .usage("%s %s: %s".formatted(option, text, e.getReason()));
        }
    }

    static NestmapAgent start(AgentConfig config, Kernel kernel,
            Optional<AgentMetrics> metrics) throws CommandFailedException {
        try {
            return metrics.isPresent()
                    ? NestmapAgent.start(config, kernel, metrics.get())
                    : NestmapAgent.start(config, kernel);
        } catch (KernelException e) {
            throw KernelFailures.of("start the agent on " + config.pinRoot(), e);
        }
    }

    /** From /proc: asking the network for one's own name can take seconds. */
    private static String hostName() throws CommandFailedException {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            throw CommandFailedException.failed(
                    "read the host's name from %s: %s; name it with --node".formatted(HOST_NAME,
                            e));
        }
    }
}
