package dev.nestmap.systemtests.rig;

import dev.nestmap.model.Bytes;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A map in the kernel as bpftool sees it, by id or by pin.
 *
 * @param reference bpftool's words for it, such as {@code id 5} or {@code pinned /path}
 */
public record KernelMap(List<String> reference) {
    // bpftool 7.1 prints keys and values as lists of "0x.." beside the "formatted" ones.
    private static final Pattern ELEMENT = Pattern
            .compile("\\{\"key\":\\[([^]]*)],\"value\":(?:\\[([^]]*)]|\\{[^}]*})");
    private static final Pattern PER_CPU_ELEMENT = Pattern
            .compile("\\{\"key\":\\[([^]]*)],\"values\":\\[((?:\\{[^}]*},?)*)]");
    private static final Pattern PER_CPU_VALUE = Pattern.compile("\"value\":\\[([^]]*)]");
    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

    /** The map with this id of the kernel. */
    public static KernelMap id(int id) {
        return new KernelMap(List.of("id", Integer.toString(id)));
    }

    /** The map behind a pin. */
    public static KernelMap pinned(Path pin) {
        return new KernelMap(List.of("pinned", pin.toString()));
    }

    /**
     * Creates a map and pins it.
     *
     * @param definition bpftool's words, such as {@code type array key 4 value 8 entries 1}
     */
    public static KernelMap create(Path pin, String definition) {
        Command.of("bpftool", "map", "create", pin.toString())
                .and(words(definition))
                .and("name", pin.getFileName().toString())
                .run();
        return pinned(pin);
    }

    /** The same with the template of an outer map. */
    public static KernelMap create(Path pin, String definition, KernelMap template) {
        Command.of("bpftool", "map", "create", pin.toString())
                .and(words(definition))
                .and("name", pin.getFileName().toString(), "inner_map")
                .and(template.reference)
                .run();
        return pinned(pin);
    }

    /** Its id in the kernel. */
    public int id() {
        String shown = Command.of("bpftool", "-j", "map", "show").and(reference).run();
        Matcher matcher = ID.matcher(shown);
        if (!matcher.find()) {
            throw new AssertionError("no id in " + shown);
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Its elements; slots of an outer array without a map are left out. */
    public SortedMap<Bytes, Bytes> elements() {
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        Matcher matcher = ELEMENT
                .matcher(Command.of("bpftool", "-j", "map", "dump").and(reference).run());
        while (matcher.find()) {
            if (matcher.group(2) != null) {
                elements.put(bytes(matcher.group(1)), bytes(matcher.group(2)));
            }
        }
        return elements;
    }

    /** Its elements where it has a value for each CPU: those of all CPUs, in their order. */
    public SortedMap<Bytes, List<Bytes>> perCpuElements() {
        TreeMap<Bytes, List<Bytes>> elements = new TreeMap<>();
        Matcher matcher = PER_CPU_ELEMENT
                .matcher(Command.of("bpftool", "-j", "map", "dump").and(reference).run());
        while (matcher.find()) {
            elements.put(bytes(matcher.group(1)), PER_CPU_VALUE.matcher(matcher.group(2))
                    .results()
                    .map(value -> bytes(value.group(1)))
                    .toList());
        }
        return elements;
    }

    /** The 64-bit number in an element of an array. */
    public long number(int index) {
        Bytes value = elements().get(Bytes.u32le(index));
        if (value == null) {
            throw new AssertionError("no element " + index + " in map " + reference);
        }
        return Integer.toUnsignedLong(value.intLe(0)) | (long) value.intLe(4) << 32;
    }

    /** Writes an element. */
    public void update(Bytes key, Bytes value) {
        Command.of().and(updateWords(key)).and(byteWords(value)).run();
    }

    /** Writes an element as another host would: a DEVMAP looks up the device in the writer's network. */
    public void updateIn(Namespace namespace, Bytes key, Bytes value) {
        namespace.command().and(updateWords(key)).and(byteWords(value)).run();
    }

    /** Puts a map into a slot of this outer map. */
    public void put(Bytes key, KernelMap inner) {
        Command.of().and(updateWords(key)).and(inner.reference).run();
    }

    /** Deletes an element. */
    public void delete(Bytes key) {
        Command.of("bpftool", "map", "delete").and(reference).and("key").and(byteWords(key)).run();
    }

    private List<String> updateWords(Bytes key) {
        return Command.of("bpftool", "map", "update")
                .and(reference)
                .and("key")
                .and(byteWords(key))
                .and("value")
                .words();
    }

    private static List<String> byteWords(Bytes bytes) {
        return IntStream.range(0, bytes.size())
                .mapToObj(i -> Integer.toString(bytes.at(i)))
                .toList();
    }

    private static List<String> words(String definition) {
        return List.of(definition.split(" ", -1));
    }

    private static Bytes bytes(String list) {
        return Bytes.wrap(HexFormat.of().parseHex(list.replaceAll("\"0x|\"|,", "")));
    }
}
