package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The words of a transcript's line, one after the other. */
record Line(Iterator<String> words) {
    boolean hasNext() {
        return words.hasNext();
    }

    String next() {
        return words.next();
    }

    Line after(String word) {
        if (!next().equals(word)) {
            throw new IllegalArgumentException("expected " + word);
        }
        return this;
    }

    long number() {
        String text = next();
        return text.startsWith("0x")
                ? Long.parseUnsignedLong(text.substring(2), 16)
                : Long.parseLong(text);
    }

    Bytes bytes() {
        return bytes(next());
    }

    Optional<Bytes> optional() {
        String text = next();
        return text.equals("-") ? Optional.empty() : Optional.of(HexRuns.parse(text));
    }

    Element element() {
        Bytes key = bytes();
        String[] value = next().split(":", 2);
        return new Element(key, switch (value[0]) {
            case "data" -> new Value.Data(bytes(value[1]));
            case "cpus" -> new Value.PerCpu(
                    List.of(value[1].split(",")).stream().map(Line::bytes).toList());
            case "map" -> new Value.Slot(new MapRef.ById(Long.parseLong(value[1])));
            default -> throw new IllegalArgumentException(value[0]);
        });
    }

    private static Bytes bytes(String text) {
        return text.equals("-") ? Bytes.empty() : HexRuns.parse(text);
    }
}
