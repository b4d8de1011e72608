package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Operations as lines of text, and back: {@code update 3 01000000 data:ff00 flags 2}. Bytes are as in {@link HexRuns}, {@code -}
 * is nothing. A file of such lines is a test.
 */
public final class Transcript {
    private static final String NONE = "-";
    private static final String GIVEN = " given";
    private static final String TYPES = " types ";

    private Transcript() {}

    /** All operations, one a line. */
    public static String text(List<Operation> operations) {
        return operations.stream()
                .map(Transcript::line)
                .collect(Collectors.joining(System.lineSeparator()));
    }

    /** The operations of a text; empty lines and those that begin with # are none. */
    public static List<Operation> parse(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(Transcript::parseLine)
                .toList();
    }

    static String line(Operation operation) {
        return switch (operation) {
            case Operation.Create(int map, MapSpec shape, var template, var form) ->
                "create %d %s key %s value %s entries %s flags 0x%x extra 0x%x numa %d template %s%s%s"
                        .formatted(map, shape.type().word(),
                                Integer.toUnsignedString(shape.keySize()),
                                Integer.toUnsignedString(shape.valueSize()),
                                Integer.toUnsignedString(shape.maxEntries()), shape.flags(),
                                shape.mapExtra(), shape.numaNode(),
                                template.map(Object::toString).orElse(NONE),
                                form == Operation.TemplateForm.GIVEN ? GIVEN : "",
                                shape.btf() == null ? "" : TYPES + Types.word(shape.btf()));
            case Operation.Lookup(int map, Bytes key, Optional<Bytes> value, long flags) ->
                "lookup %d %s asking %s flags 0x%x".formatted(map, hex(key),
                        value.map(Transcript::hex).orElse(NONE), flags);
            case Operation.Update(int map, Element element, long flags) ->
                "update %d %s flags 0x%x".formatted(map, element(element), flags);
            case Operation.Delete(int map, Bytes key) -> "delete %d %s".formatted(map, hex(key));
            case Operation.Take(int map, Bytes key, long flags) ->
                "take %d %s flags 0x%x".formatted(map, hex(key), flags);
            case Operation.NextKey(int map, Optional<Bytes> key) ->
                "next %d %s".formatted(map, key.map(Transcript::hex).orElse(NONE));
            case Operation.UpdateBatch(int map, List<Element> elements, long flags) ->
                "update_batch %d flags 0x%x %s".formatted(map, flags, elements.stream()
                        .map(Transcript::element)
                        .collect(Collectors.joining(" "))).strip();
            case Operation.DeleteBatch(int map, List<Bytes> keys, long flags) ->
                "delete_batch %d flags 0x%x %s".formatted(map, flags,
                        keys.stream().map(Transcript::hex).collect(Collectors.joining(" ")))
                        .strip();
            case Operation.LookupBatch(int map, var from, int count, long flags) ->
                "lookup_batch %d %s count %d flags 0x%x".formatted(map,
                        from.map(Transcript::hex).orElse(NONE), count, flags);
            case Operation.Unlink(int map) -> "unlink " + map;
            case Operation.Alive(int map) -> "alive " + map;
            case Operation.Freeze(int map) -> "freeze " + map;
            case Operation.Contents(int map) -> "contents " + map;
        };
    }

    private static Operation parseLine(String line) {
        Line words = new Line(List.of(line.split(" +")).iterator());
        String verb = words.next();
        int map = Integer.parseInt(words.next());
        return switch (verb) {
            case "create" -> create(map, words);
            case "lookup" ->
                new Operation.Lookup(map, words.bytes(), words.after("asking").optional(),
                        words.after("flags").number());
            case "update" -> new Operation.Update(map, words.element(),
                    words.after("flags").number());
            case "delete" -> new Operation.Delete(map, words.bytes());
            case "take" -> new Operation.Take(map, words.bytes(),
                    words.hasNext() ? words.after("flags").number() : 0);
            case "lookup_batch" -> new Operation.LookupBatch(map, words.optional(),
                    (int) words.after("count").number(), words.after("flags").number());
            case "unlink" -> new Operation.Unlink(map);
            case "alive" -> new Operation.Alive(map);
            case "next" -> new Operation.NextKey(map, words.optional());
            case "update_batch" -> {
                long flags = words.after("flags").number();
                List<Element> elements = new ArrayList<>();
                while (words.hasNext()) {
                    elements.add(words.element());
                }
                yield new Operation.UpdateBatch(map, elements, flags);
            }
            case "delete_batch" -> {
                long flags = words.after("flags").number();
                List<Bytes> keys = new ArrayList<>();
                while (words.hasNext()) {
                    keys.add(words.bytes());
                }
                yield new Operation.DeleteBatch(map, keys, flags);
            }
            case "freeze" -> new Operation.Freeze(map);
            case "contents" -> new Operation.Contents(map);
            default -> throw new IllegalArgumentException(line);
        };
    }

    private static Operation create(int map, Line words) {
        MapType type = MapType.ofWord(words.next()).orElseThrow();
        MapSpec shape = Shapes.shape(type, (int) words.after("key").number(),
                (int) words.after("value").number(), (int) words.after("entries").number(),
                (int) words.after("flags").number(), words.after("extra").number(),
                (int) words.after("numa").number(), null);
        String template = words.after("template").next();
        Operation.TemplateForm form = Operation.TemplateForm.COPIED;
        while (words.hasNext()) {
            String word = words.next();
            if (word.equals(GIVEN.strip())) {
                form = Operation.TemplateForm.GIVEN;
            } else if (word.equals(TYPES.strip())) {
                shape = shape.withBtf(Types.parse(words.next()));
            } else {
                throw new IllegalArgumentException(word);
            }
        }
        return new Operation.Create(map, shape, template.equals(NONE)
                ? Optional.empty()
                : Optional.of(Integer.valueOf(template)), form);
    }

    private static String element(Element element) {
        return hex(element.key()) + " " + switch (element.value()) {
            case Value.Data(Bytes bytes) -> "data:" + hex(bytes);
            case Value.PerCpu(List<Bytes> values) -> "cpus:"
                    + values.stream().map(Transcript::hex).collect(Collectors.joining(","));
            case Value.Slot(MapRef.ById(long number)) -> "map:" + number;
            case Value.Slot _,Value.Expression _ ->
                throw new IllegalArgumentException("not generated: " + element);
        };
    }

    private static String hex(Bytes bytes) {
        return bytes.size() == 0 ? NONE : HexRuns.text(bytes);
    }
}
