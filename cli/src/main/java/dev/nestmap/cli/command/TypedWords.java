package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.grammar.JsonWord;
import dev.nestmap.cli.grammar.JsonWord.NoJsonException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.Datum;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.Shape;
import dev.nestmap.model.btf.ValueWriter;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keys and values by field name: {@code key 7 value '{"addr":"10.0.0.1"}'}. One word in the place of bytes, for a map with
 * BTF, is turned into the bytes that the grammar knows; everything else, and a node expression, is left as it stands.
 */
final class TypedWords {
    private static final int MAP_WORDS = 2;
    private static final Set<String> FOLLOWERS = Set.of("key", "value", "any", "exist", "noexist");
    private static final Set<String> OTHERS = Set.of("hex", "id", "name", "pinned", "ifindex",
            "prog", "cgroup");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");

    private final Invocation invocation;
    private final String verb;
    private final List<String> words;
    private Optional<Value> perCpu = Optional.empty();

    private TypedWords(Invocation invocation, String verb) {
        this.invocation = invocation;
        this.verb = verb;
        this.words = invocation.words();
    }

    /** The words with bytes in the place of fields. */
    static List<String> asBytes(Invocation invocation, String verb)
            throws GrammarException, CommandFailedException {
        return new TypedWords(invocation, verb).asBytes();
    }

    /**
     * What a command says with fields.
     *
     * @param words with bytes in the place of fields; where there is a value for each CPU, those of the first
     * @param perCpu a value for each CPU, which the grammar of bytes has no words for
     */
    record Read(List<String> words, Optional<Value> perCpu) {}

    /** The words of a command that takes values for each CPU too. */
    static Read read(Invocation invocation, String verb)
            throws GrammarException, CommandFailedException {
        TypedWords typed = new TypedWords(invocation, verb);
        List<String> words = typed.asBytes();
        return new Read(words, typed.perCpu);
    }

    private List<String> asBytes() throws GrammarException, CommandFailedException {
        Optional<String> grammarWord = loneGrammarWord();
        if (!hasSingleWord() && grammarWord.isEmpty()) {
            return words;
        }
        MapDescription map = invocation.client()
                .map(invocation.grammar().map(verb, words.subList(0, MAP_WORDS)))
                .describe()
                .value();
        Optional<MapBtf.Resolved> types = types(map);
        if (types.isPresent() && grammarWord.isPresent()) {
            throw CommandFailedException.usage(
                    "%s: %s is a word of the grammar; a constant or text of this name is written '\"%s\"'"
                            .formatted(verb, grammarWord.get(), grammarWord.get()));
        }
        List<String> plain = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String part = words.get(i);
            plain.add(part);
            if (i >= MAP_WORDS && isSingle(i)) {
                i++;
                boolean key = part.equals("key");
                int size = key ? map.spec().keySize() : map.spec().valueSize();
                plain.addAll(replacement(part, words.get(i), size, types, map));
            }
        }
        return plain;
    }

    /** The types of a map's keys and values; empty where it has none. */
    static Optional<MapBtf.Resolved> types(MapDescription map) {
        MapBtf btf = map.spec().btf();
        return btf != null
                && btf.resolve() instanceof Outcome.Done<MapBtf.Resolved>(MapBtf.Resolved types)
                        ? Optional.of(types)
                        : Optional.empty();
    }

    private boolean hasSingleWord() {
        for (int i = MAP_WORDS; i < words.size(); i++) {
            if (isSingle(i)) {
                return true;
            }
        }
        return false;
    }

    /** A word of the grammar in the place of a key or value, which is always wrong: it may be meant as a constant. */
    private Optional<String> loneGrammarWord() {
        for (int i = MAP_WORDS; i + 1 < words.size(); i++) {
            String word = words.get(i + 1);
            boolean lone = i + 2 == words.size() || FOLLOWERS.contains(words.get(i + 2));
            if ((words.get(i).equals("key") || words.get(i).equals("value")) && lone
                    && (FOLLOWERS.contains(word) || OTHERS.contains(word))) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }

    /** True where exactly one word follows "key" or "value". */
    private boolean isSingle(int at) {
        boolean names = words.get(at).equals("key") || words.get(at).equals("value");
        if (!names || at + 1 >= words.size()) {
            return false;
        }
        String word = words.get(at + 1);
        boolean ends = at + 2 == words.size() || FOLLOWERS.contains(words.get(at + 2));
        return ends && !FOLLOWERS.contains(word) && !OTHERS.contains(word)
                && !word.startsWith("--");
    }

    private List<String> replacement(String part, String word, int sizeBytes,
            Optional<MapBtf.Resolved> types, MapDescription map) throws CommandFailedException {
        boolean json = word.startsWith("{") || word.startsWith("[") || word.startsWith("\"");
        if (part.equals("value") && NodeExpression.parse(word).isPresent()) {
            return List.of(word);
        }
        if (types.isEmpty()) {
            if (json) {
                throw CommandFailedException.usage(
                        "%s: map \"%s\" has no BTF, so its %s is written in bytes, as in 1 0x02 003"
                                .formatted(verb, map.spec().name(), part));
            }
            return List.of(word);
        }
        Shape shape = part.equals("key") ? types.get().key() : types.get().value();
        boolean plainByte = sizeBytes == 1 && !json && word.matches("[0-9]+|0x[0-9a-fA-F]+");
        if (plainByte) {
            return List.of(word);
        }
        Datum given = datum(part, word, json);
        Outcome<Bytes> one = ValueWriter.write(part, shape, given);
        boolean forEach = part.equals("value") && MapRules.isPerCpu(map.spec().type())
                && !(shape instanceof Shape.Sequence && one instanceof Outcome.Done);
        if (forEach && given instanceof Datum.Sequence(List<Datum> items) && !items.isEmpty()) {
            List<Bytes> values = new ArrayList<>();
            for (Datum item : items) {
                values.add(ofCpu(values.size(), shape, item));
            }
            perCpu = Optional.of(new Value.PerCpu(values));
            return hex(values.getFirst());
        }
        return switch (one) {
            case Outcome.Done<Bytes>(Bytes bytes) -> hex(bytes);
            case Outcome.Refused<Bytes>(Refusal refusal) ->
                throw CommandFailedException.usage(verb + ": " + refusal.rule());
        };
    }

    /** A CPU's value in the form of a dump, {@code {"cpu":0,"value":...}}, or the value alone. */
    private Bytes ofCpu(int cpu, Shape shape, Datum item) throws CommandFailedException {
        String path = "value[%d]".formatted(cpu);
        Datum value = item;
        if (item instanceof Datum.Fields(List<Datum.Field> fields) && fields.size() == 2
                && fields.get(0).name().equals("cpu") && fields.get(1).name().equals("value")) {
            if (!fields.get(0).value().equals(Datum.Whole.of(cpu))) {
                throw CommandFailedException.usage(
                        "%s: %s.cpu: must be %d: there is a value for each possible CPU, in their order"
                                .formatted(verb, path, cpu));
            }
            value = fields.get(1).value();
        }
        return switch (ValueWriter.write(path, shape, value)) {
            case Outcome.Done<Bytes>(Bytes bytes) -> bytes;
            case Outcome.Refused<Bytes>(Refusal refusal) ->
                throw CommandFailedException.usage(verb + ": " + refusal.rule());
        };
    }

    /** A word that is no JSON is a number, a truth, or a text without its quotation marks. */
    private Datum datum(String part, String word, boolean json) throws CommandFailedException {
        if (!json && !NUMBER.matcher(word).matches() && !word.equals("true")
                && !word.equals("false")) {
            return new Datum.Text(word);
        }
        try {
            return JsonWord.parse(word);
        } catch (NoJsonException e) {
            throw CommandFailedException.usage("%s: %s: %s".formatted(verb, part, e.getMessage()));
        }
    }

    private static List<String> hex(Bytes bytes) {
        List<String> plain = new ArrayList<>(bytes.size() + 1);
        plain.add("hex");
        for (int i = 0; i < bytes.size(); i++) {
            plain.add("%02x".formatted(bytes.at(i)));
        }
        return plain;
    }
}
