package dev.nestmap.cli.grammar;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parses the words behind each {@code map} verb. Names of maps are looked for in one namespace.
 *
 * @param namespace where a map named by {@code name NAME} is
 */
public record MapGrammar(String namespace) {
    /** A map and a key in it. */
    public record KeyOf(MapRef map, Bytes key) {}

    /**
     * A map and, perhaps, the key before the one that is asked for.
     *
     * @param key null: the first is asked for
     */
    public record AfterKey(MapRef map, @Nullable Bytes key) {}

    /** {@code [FILE] type TYPE key N value N entries N name NAME ...}. */
    public Command.Create create(List<String> words, KnownMaps known) throws GrammarException {
        return new CreateWords(new Words("map create", words), namespace, known).parse();
    }

    /** {@code pinned PATH [name NAME] ...}. */
    public AdoptWords adopt(List<String> words) throws GrammarException {
        return AdoptWords.parse(words);
    }

    /** {@code MAP}, and nothing behind it. */
    public MapRef map(String verb, List<String> line) throws GrammarException {
        Words words = new Words(verb, line);
        MapRef map = MapWords.take(words, namespace);
        words.expectEnd();
        return map;
    }

    /** {@code [MAP]}. */
    public Optional<MapRef> optionalMap(String verb, List<String> words) throws GrammarException {
        return words.isEmpty() ? Optional.empty() : Optional.of(map(verb, words));
    }

    /** {@code MAP SELECTOR|all}; the word {@code placement} may stand between. */
    public Command.Place place(List<String> line) throws GrammarException {
        Words words = new Words("map place", line);
        MapRef map = MapWords.take(words, namespace);
        words.accept("placement");
        Placement placement = CreateWords.takePlacement(words);
        words.expectEnd();
        return new Command.Place(map, placement);
    }

    /** {@code MAP key DATA}. */
    public KeyOf keyOf(String verb, List<String> line) throws GrammarException {
        Words words = new Words(verb, line);
        MapRef map = MapWords.take(words, namespace);
        words.expect("key");
        Bytes key = DataWords.take(words, "key");
        words.expectEnd();
        return new KeyOf(map, key);
    }

    /** {@code MAP [key DATA]}. */
    public AfterKey afterKey(String verb, List<String> line) throws GrammarException {
        Words words = new Words(verb, line);
        MapRef map = MapWords.take(words, namespace);
        if (words.atEnd()) {
            return new AfterKey(map, null);
        }
        words.expect("key");
        Bytes key = DataWords.take(words, "key");
        words.expectEnd();
        return new AfterKey(map, key);
    }

    /** {@code MAP [key DATA]}: maps without keys, such as queues, are looked up without one. */
    public KeyOf maybeKeyOf(String verb, List<String> line) throws GrammarException {
        AfterKey asked = afterKey(verb, line);
        return new KeyOf(asked.map(), asked.key() == null ? Bytes.empty() : asked.key());
    }

    /** {@code MAP [key DATA] value VALUE [any|exist|noexist]}. */
    public Command.Update update(List<String> line) throws GrammarException {
        Words words = new Words("map update", line);
        MapRef map = MapWords.take(words, namespace);
        Bytes key = Bytes.empty();
        if (!words.isNext("value")) {
            words.expect("key");
            key = DataWords.take(words, "key");
        }
        words.expect("value");
        Value value = MapWords.takeValue(words, namespace);
        long flags = takeFlags(words);
        words.expectEnd();
        return new Command.Update(map, key, value, flags);
    }

    /** {@code MAP value VALUE}. */
    public Command.Update push(String verb, List<String> line) throws GrammarException {
        Words words = new Words(verb, line);
        MapRef map = MapWords.take(words, namespace);
        words.expect("value");
        Value value = MapWords.takeValue(words, namespace);
        words.expectEnd();
        return new Command.Update(map, Bytes.empty(), value, UpdateFlags.ANY);
    }

    private static long takeFlags(Words words) throws GrammarException {
        if (words.atEnd() || words.accept("any")) {
            return UpdateFlags.ANY;
        }
        if (words.accept("noexist")) {
            return UpdateFlags.NOEXIST;
        }
        if (words.accept("exist")) {
            return UpdateFlags.EXIST;
        }
        throw words.expected("any, exist, noexist or nothing more");
    }
}
