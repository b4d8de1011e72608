package dev.nestmap.model.differential;

import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.MapState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How often both sides agreed, by type, verb and outcome: what a comparison has looked at, and so what it has not. */
public final class Coverage {
    private final TreeMap<String, TreeMap<String, Long>> cells = new TreeMap<>();

    /** Type and verb; for a map that goes into a slot its type and in what it differs from the template. */
    String cell(Operation operation, ModelSubject model) {
        if (operation instanceof Operation.Create create) {
            return create.shape().type().word() + " create";
        }
        MapState map = model.map(operation.map());
        if (map == null) {
            return "";
        }
        if (operation instanceof Operation.Update(_, Element element, long flags) && flags == 0
                && element.value() instanceof Value.Slot(MapRef.ById(long inner))) {
            MapState candidate = model.map((int) inner);
            InnerTemplate template = map.spec().innerTemplate();
            if (candidate != null && template != null) {
                return candidate.spec().type().word() + " slot_other_"
                        + difference(candidate.spec().asTemplate(), template);
            }
        }
        return map.spec().type().word() + " " + verb(operation)
                + (map.frozen() ? "_frozen" : "");
    }

    void count(String cell, String answer) {
        if (!cell.isEmpty()) {
            cells.computeIfAbsent(cell, _ -> new TreeMap<>()).merge(outcome(answer), 1L, Long::sum);
        }
    }

    /** A line for each type and verb: the outcomes, and with what counts. */
    public String table() {
        return cells.entrySet()
                .stream()
                .map(cell -> cell.getKey() + ": " + cell.getValue()
                        .entrySet()
                        .stream()
                        .map(outcome -> outcome.getKey() + " " + outcome.getValue())
                        .collect(Collectors.joining(", ")))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    /**
     * What must have occurred and has not.
     *
     * @param required lines like those of the table without counts: {@code hash update: E2BIG, EEXIST, ok}
     */
    public String missing(String required) {
        return required.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(this::missingOfLine)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private String missingOfLine(String line) {
        String[] parts = line.split(": ", 2);
        TreeSet<String> wanted = new TreeSet<>(List.of(parts[1].split(", ")));
        wanted.removeAll(cells.getOrDefault(parts[0], new TreeMap<>()).keySet());
        return wanted.isEmpty() ? "" : parts[0] + ": " + String.join(", ", wanted);
    }

    private static String verb(Operation operation) {
        return operation.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String outcome(String answer) {
        String last = answer.substring(answer.lastIndexOf(' ') + 1);
        return last.matches("E[A-Z0-9]+") || last.equals(Words.GONE) ? last : "ok";
    }

    private static String difference(InnerTemplate inner, InnerTemplate template) {
        Map<String, Boolean> same = new TreeMap<>(Map.of(
                "type", inner.type() == template.type(),
                "key_size", inner.keySize() == template.keySize(),
                "value_size", inner.valueSize() == template.valueSize(),
                "flags", inner.flags() == template.flags(),
                "max_entries", inner.maxEntries() == template.maxEntries(),
                "lock", inner.spinLock().equals(template.spinLock())));
        same.values().removeIf(equal -> equal);
        return same.isEmpty()
                ? "nothing"
                : same.size() == 1 ? same.keySet().iterator().next() : "things";
    }
}
