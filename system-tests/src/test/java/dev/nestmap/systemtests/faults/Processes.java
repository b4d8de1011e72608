package dev.nestmap.systemtests.faults;

import dev.nestmap.cli.Nestmap;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.systemtests.rig.BpfFilesystem;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Running;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Processes of Nestmap, a folder for their data and a bpf filesystem for their pins. Closing it kills
 * the processes and removes the rest; they do not survive a killed test either.
 */
final class Processes implements AutoCloseable {
    /** How long a process may take to start on a busy machine. */
    static final Duration START = Duration.ofSeconds(60);

    // Below the ports that the kernel gives to clients: a client that keeps trying a port of those
    // while nobody listens there is connected to itself in the end.
    private static final int FIRST_PORT = 17_000;
    private static final int PORTS = 10_000;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(
            (int) (ProcessHandle.current().pid() * 64 % PORTS));

    private final BpfFilesystem pins = new BpfFilesystem();
    private final Path folder;
    private final Deque<Running> started = new ArrayDeque<>();

    Processes() {
        try {
            folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "faults");
        } catch (IOException e) {
            throw new UncheckedIOException("create a folder for data", e);
        }
    }

    /** What a command line ended with. */
    record Answer(int exitCode, String out, String err) {}

    /** An address on loopback at which nobody listens. */
    static String freeAddress() {
        for (int attempt = 0; attempt < PORTS; attempt++) {
            int port = FIRST_PORT + NEXT_PORT.getAndIncrement() % PORTS;
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return "127.0.0.1:" + port;
            } catch (IOException e) {
                // Taken: the next one.
            }
        }
        throw new AssertionError("no free port");
    }

    /** {@code nestmap} with these words, in a process of its own, with the privileges that docs/OPERATIONS.md asks for. */
    static Command nestmap(String... words) {
        return privileged("-all,+bpf,+net_admin", words);
    }

    /** The same with other privileges. */
    static Command privileged(String boundingSet, String... words) {
        return Command.of("setpriv", "--pdeathsig", "KILL", "--bounding-set", boundingSet,
                "--inh-caps", "-all").and(java()).and(words);
    }

    /** The same with all privileges that root has. */
    static Command root(String... words) {
        return Command.of(java().toArray(String[]::new)).and(words);
    }

    /** The same without any capability, as for somebody who is not root. */
    static Command powerless(String... words) {
        return privileged("-all", words);
    }

    /** Another main class of the tests, in a process of its own. */
    static Command java(Class<?> main, String... words) {
        return Command.of("setpriv", "--pdeathsig", "KILL").and(java(main.getName())).and(words);
    }

    private static List<String> java() {
        return java("dev.nestmap.cli.Main");
    }

    private static List<String> java(String main) {
        return List.of(ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-cp", System.getProperty("java.class.path"), main);
    }

    /** Starts a process and does not wait for it. */
    Running start(String... words) {
        return track(nestmap(words).start());
    }

    /** Runs a process to its end, whatever that is. */
    static Answer attempt(String... words) {
        return attempt(nestmap(words));
    }

    /** Runs a command to its end, whatever that is. */
    static Answer attempt(Command command) {
        Command.Result result = command.within(START).attempt();
        return new Answer(result.status(), result.out(), result.err());
    }

    /** Ends a process with the rest, when this is closed. */
    Running track(Running running) {
        started.push(running);
        return running;
    }

    /** Starts {@code dev} and returns without waiting for it. */
    Running startDev(String listen, String... more) {
        List<String> words = new ArrayList<>(List.of("dev", "--data-dir", data("dev").toString(),
                "--listen", listen, "--pin-root", pinRoot("dev").toString(), "--node", "dev"));
        words.addAll(List.of(more));
        return start(words.toArray(String[]::new));
    }

    /** Starts {@code dev} and returns when it serves. */
    Running dev(String listen, String... more) {
        Running dev = startDev(listen, more);
        dev.awaitOutput("store on " + listen, START);
        return dev;
    }

    /** Starts an agent and returns without waiting for it. */
    Running startAgent(String node, String servers, String label) {
        return track(agent(node, servers, label).start());
    }

    /** An agent's command line; its state is below {@link #data}. */
    Command agent(String node, String servers, String label) {
        return nestmap("agent", "--server", servers, "--node", node, "--label", label,
                "--pin-root", pinRoot(node).toString(), "--state-dir",
                data(node + "-state").toString());
    }

    /** A client that does not give up while processes are killed and started again. */
    static NestmapClient patientClient(String... servers) {
        return NestmapClient.connect(ClientOptions.defaults()
                .withTargets(servers)
                .withTimeout(START.multipliedBy(2))
                .withPatience(START.multipliedBy(2)));
    }

    /** Runs a command line in this process; the words are separated by single spaces. */
    static Answer run(String server, String line, String... more) {
        List<String> words = Stream.concat(Stream.of(line.split(" ", -1)), Stream.of(more))
                .toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
                PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            int exitCode = new Nestmap(Map.of("NESTMAP_SERVER", server), outStream, errStream)
                    .run(words);
            outStream.flush();
            errStream.flush();
            return new Answer(exitCode, out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        }
    }

    /** Runs a command line that must succeed, and gives what it printed. */
    static String done(String server, String line, String... more) {
        Answer answer = run(server, line, more);
        if (answer.exitCode() != 0) {
            throw new AssertionError(line + ": " + answer);
        }
        return answer.out();
    }

    /** Where a process keeps its data; not created here. */
    Path data(String name) {
        return folder.resolve(name);
    }

    /** Where an agent keeps its pins. */
    Path pinRoot(String node) {
        return pins.folder(node);
    }

    /** A folder for other pins. */
    Path pinFolder(String name) {
        return pins.folder(name);
    }

    @Override
    public void close() {
        try {
            started.forEach(Processes::end);
        } finally {
            pins.close();
            remove(folder);
        }
    }

    private static void end(Running running) {
        try (running) {
            running.process().destroyForcibly();
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + folder, e);
        }
    }
}
