package dev.nestmap.cli.verb;

import dev.nestmap.cli.grammar.MapGrammar;
import dev.nestmap.client.NestmapClient;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of a verb: what was asked, and what it takes to answer. One thread uses it. */
public final class Invocation {
    private final List<String> words;
    private final Map<String, List<String>> options;
    private final Session session;
    private final Format.Name format;
    private final Output output;

    /** A run in a session, which the caller closes. */
    public Invocation(Parsed.Run asked, Session session, Output output) {
        this.words = asked.words();
        this.options = asked.options();
        this.format = asked.format().named();
        this.session = session;
        this.output = output;
    }

    /** Another verb's run in the same session. */
    public Invocation another(Parsed.Run asked, Output itsOutput) {
        return new Invocation(asked, session, itsOutput);
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
        return session.settings();
    }

    /** The parser of map words, for the namespace of this run. */
    public MapGrammar grammar() {
        return new MapGrammar(settings().namespace());
    }

    /** Where the answer goes. */
    public Output output() {
        return output;
    }

    /** The form of answers that was asked for. */
    public Format.Name format() {
        return format;
    }

    /** Standard input. */
    public InputStream input() {
        return session.input();
    }

    /** The store. Nothing is sent before the first call; closed with the session. */
    public NestmapClient client() throws CommandFailedException {
        return session.client();
    }
}
