package dev.nestmap.cli.render;

import dev.nestmap.client.NodeFacts;
import dev.nestmap.model.map.MapType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What a node's kernel lets its agent do, for people: what it lacks is said, and what it has where that is shorter. */
final class KernelText {
    private KernelText() {}

    /** Indented lines, each with its end. */
    static String of(NodeFacts facts) {
        StringBuilder out = new StringBuilder();
        if (!facts.capabilities().isEmpty()) {
            line(out, "capabilities", String.join(", ", facts.capabilities()));
        }
        if (!facts.supportedTypes().isEmpty()) {
            String missing = Arrays.stream(MapType.values())
                    .filter(type -> !facts.supportedTypes().contains(type))
                    .map(MapType::word)
                    .collect(Collectors.joining(", "));
            line(out, "map types", missing.isEmpty() ? "all" : "all but " + missing);
        }
        NodeFacts.Probe probe = facts.probe();
        if (probe != null) {
            line(out, "map flags", words(probe.mapFlags()));
            line(out, "batch of slots", probe.outerBatch() ? "yes" + times(probe) : "no");
            line(out, "freeze %s  mmap %s  btf".formatted(word(probe.freeze()),
                    word(probe.mmap())), word(probe.btf()));
        }
        return out.toString();
    }

    private static String times(NodeFacts.Probe probe) {
        return probe.outerBatchMicros() == 0
                ? ""
                : ", %.1f ms for 8 (%.1f ms for one by itself)".formatted(
                        probe.outerBatchMicros() / 1000.0, probe.outerUpdateMicros() / 1000.0);
    }

    private static String words(List<String> words) {
        return words.isEmpty() ? "none" : String.join(", ", words);
    }

    private static String word(boolean known) {
        return known ? "yes" : "no";
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append('\t').append(name).append(' ').append(value).append('\n');
    }
}
