package dev.nestmap.systemtests.rig;

import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code nestmap dev} as a process, and the {@code nestmap} command as it is typed: from the class path of
 * the test, with the flags of the launcher.
 */
public final class Nestmap implements AutoCloseable {
    private static final Duration STARTED = Duration.ofSeconds(60);
    private static final Pattern ADDRESS = Pattern.compile("store on ([^ ]+:\\d+) ");
    private static final List<String> JAVA = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    // What the launcher gives to verbs that are done at once.
    private static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC");
    private static final List<String> CLASS_PATH = List.of("-cp",
            System.getProperty("java.class.path"));
    private static final String MAIN_CLASS = "dev.nestmap.cli.Main";

    private final Optional<Namespace> namespace;
    private final Path pinRoot;
    private final Running process;
    private final String address;

    private Nestmap(Optional<Namespace> namespace, Path pinRoot, Running process, String address) {
        this.namespace = namespace;
        this.pinRoot = pinRoot;
        this.process = process;
        this.address = address;
    }

    /**
     * Starts {@code dev} on a free port and returns when it serves.
     *
     * @param options further ones of {@code dev}
     */
    public static Nestmap dev(Path pinRoot, Path dataDirectory, String... options) {
        return dev(Optional.empty(), pinRoot, dataDirectory, options);
    }

    /** The same on a host of the test: it finds the interfaces of that host, and is called from there only. */
    public static Nestmap devIn(Namespace namespace, Path pinRoot, Path dataDirectory,
            String... options) {
        return dev(Optional.of(namespace), pinRoot, dataDirectory, options);
    }

    private static Nestmap dev(Optional<Namespace> namespace, Path pinRoot, Path dataDirectory,
            String... options) {
        Ownership.endLeftOver(MAIN_CLASS);
        Running process = java(namespace, List.of(), MAIN_CLASS)
                .and("dev", "--listen", "127.0.0.1:0", "--node", "host", "--pin-root",
                        pinRoot.toString(), "--data-dir", dataDirectory.toString())
                .and(options)
                .start();
        try {
            process.awaitOutput("nestmap dev: store on ", STARTED);
            Matcher printed = ADDRESS.matcher(process.out());
            if (!printed.find()) {
                throw new AssertionError("nestmap dev names no address:\n" + process.out());
            }
            return new Nestmap(namespace, pinRoot, process, printed.group(1));
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    /** A {@code nestmap} command against this store, as in {@code command("map", "show")}: a process on the same host. */
    public Command command(String... words) {
        return java(namespace, BRIEF, MAIN_CLASS).and("--server", address).and(words);
    }

    /** {@link #command} run to the end, whatever that is. */
    public Command.Result attempt(String... words) {
        return command(words).attempt();
    }

    /** A shell on the same host, for more commands than there is time for processes. */
    public Shell shell() {
        return Shell.start(java(namespace, BRIEF, CommandLoop.class.getName()).and(address));
    }

    /** A client in this process; there is none for a store on a host of the test. */
    public NestmapClient client() {
        if (namespace.isPresent()) {
            throw new IllegalStateException(address + " is an address in " + namespace.get());
        }
        return NestmapClient.connect(ClientOptions.defaults().withTargets(address));
    }

    /** The map that a program finds in the kernel under a name. */
    public KernelMap kernelMap(String name) {
        return KernelMap.pinned(pins(pinRoot).resolve(name));
    }

    /** Where an agent pins the maps of the namespace {@code default}: what a loader takes for pin_root_path. */
    public static Path pins(Path pinRoot) {
        return pinRoot.resolve("default");
    }

    /** HOST:PORT of the store. */
    public String address() {
        return address;
    }

    /** What it has printed so far. */
    public String output() {
        return process.out() + process.err();
    }

    /** SIGKILL; returns when it is gone. */
    public void kill9() {
        process.kill();
    }

    /** Ends it as a service manager would; maps and pins stay. */
    @Override
    public void close() {
        process.close();
    }

    private static Command java(Optional<Namespace> namespace, List<String> flags,
            String mainClass) {
        List<String> words = Stream.of(JAVA, flags, CLASS_PATH, List.of(mainClass))
                .flatMap(List::stream)
                .toList();
        return namespace.map(Namespace::command).orElseGet(Command::of).and(words);
    }
}
