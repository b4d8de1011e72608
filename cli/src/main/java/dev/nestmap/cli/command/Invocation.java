package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.MapGrammar;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of a verb: what was asked, and what it takes to answer. One thread uses it; the caller closes it. */
public final class Invocation implements AutoCloseable {
    private final List<String> words;
    private final Map<String, List<String>> options;
    private final Settings settings;
    private final Output output;
    private @Nullable NestmapClient client;

    /**
     * A run.
     *
     * @param words what stands behind the verb, options taken out
     * @param options the verb's own options by {@link Option#name}; a flag has the value {@code true}
     */
    public Invocation(List<String> words, Map<String, List<String>> options, Settings settings,
            Output output) {
        this.words = List.copyOf(words);
        this.options = Map.copyOf(options);
        this.settings = settings;
        this.output = output;
    }

    /** What stands behind the verb. */
    public List<String> words() {
        return words;
    }

    /** Refuses any word. */
    public void refuseWords(Help help) throws CommandFailedException {
        if (!words.isEmpty() && words.getFirst().startsWith("-")) {
            throw CommandFailedException.usage("there is no option %s (see nestmap %s --help)"
                    .formatted(words.getFirst(), help.path()));
        }
        if (!words.isEmpty()) {
            throw CommandFailedException
                    .usage("%s: expected nothing more, got \"%s\" (see nestmap %s --help)"
                            .formatted(help.path(), words.getFirst(), help.path()));
        }
    }

    /** The value of an option. */
    public Optional<String> option(String name) {
        return options.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** All values of a repeatable option. */
    public List<String> optionValues(String name) {
        return options.getOrDefault(name, List.of());
    }

    /** True where a flag was given. */
    public boolean flag(String name) {
        return options.containsKey(name);
    }

    /** The options of every verb. */
    public Settings settings() {
        return settings;
    }

    /** The parser of map words, for the namespace of this run. */
    public MapGrammar grammar() {
        return new MapGrammar(settings.namespace());
    }

    /** Where the answer goes. */
    public Output output() {
        return output;
    }

    /** The store. Nothing is sent before the first call; closed with this run. */
    public NestmapClient client() throws CommandFailedException {
        if (client == null) {
            client = NestmapClient.connect(clientOptions());
        }
        return client;
    }

    private ClientOptions clientOptions() throws CommandFailedException {
        try {
            ClientOptions clientOptions = ClientOptions.defaults()
                    .withTargets(settings.servers())
                    .withNamespace(settings.namespace());
            return settings.timeout()
                    .map(clientOptions::withTimeout)
                    .orElse(clientOptions);
        } catch (IllegalArgumentException e) {
            throw CommandFailedException.usage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
