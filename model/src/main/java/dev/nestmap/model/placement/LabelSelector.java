package dev.nestmap.model.placement;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A label selector as in Kubernetes: all requirements must hold.
 *
 * @param requirements joined by "and"; none: every node matches
 */
public record LabelSelector(List<Requirement> requirements) {
    /** Matches every node. */
    public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

    private static final Pattern EQUALITY = Pattern
            .compile("([^\\s=!(),]+)\\s*(==|=|!=)\\s*([^\\s=!(),]*)");
    private static final Pattern SET = Pattern
            .compile("([^\\s=!(),]+)\\s+(in|notin)\\s*\\(([^()]*)\\)");
    private static final Pattern PRESENCE = Pattern.compile("(!?)\\s*([^\\s=!(),]+)");

    /** Copies the list. */
    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    /** How a label is compared. */
    public enum Operator {
        /** Present, with one of the values. */
        IN,
        /** Absent, or with none of the values. */
        NOT_IN,
        /** Present. */
        EXISTS,
        /** Absent. */
        DOES_NOT_EXIST
    }

    /**
     * One condition on one label.
     *
     * @param values at least one for IN and NOT_IN, none for the others
     */
    public record Requirement(String key, Operator operator, List<String> values) {
        /** Copies the list. */
        public Requirement {
            values = List.copyOf(values);
        }

        boolean holds(Map<String, String> labels) {
            return switch (operator) {
                case IN -> labels.containsKey(key) && values.contains(labels.get(key));
                case NOT_IN -> !labels.containsKey(key) || !values.contains(labels.get(key));
                case EXISTS -> labels.containsKey(key);
                case DOES_NOT_EXIST -> !labels.containsKey(key);
            };
        }

        Optional<Refusal> check() {
            boolean wantsValues = operator == Operator.IN || operator == Operator.NOT_IN;
            if (wantsValues == values.isEmpty()) {
                return Optional.of(new Refusal(Errno.EINVAL,
                        "selector on \"%s\": %s takes %s".formatted(key, operator,
                                wantsValues ? "values" : "no value")));
            }
            return Labels.checkKey(key)
                    .or(() -> values.stream()
                            .flatMap(v -> Labels.checkValue(v).stream())
                            .findFirst());
        }

        @Override
        public String toString() {
            return switch (operator) {
                case IN -> values.size() == 1
                        ? key + "=" + values.getFirst()
                        : key + " in (" + String.join(",", values) + ")";
                case NOT_IN ->
                    values.size() == 1
                            ? key + "!=" + values.getFirst()
                            : key + " notin (" + String.join(",", values) + ")";
                case EXISTS -> key;
                case DOES_NOT_EXIST -> "!" + key;
            };
        }
    }

    /** True where all requirements hold for these labels. */
    public boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }

    /** The first requirement that breaks a rule of label syntax; EINVAL. */
    public Optional<Refusal> check() {
        long parts = requirements.size()
                + requirements.stream().mapToLong(requirement -> requirement.values().size()).sum();
        if (parts > Labels.LIMIT) {
            return Optional.of(new Refusal(Errno.E2BIG,
                    "selector: %d requirements and values, at most %d are possible"
                            .formatted(parts, Labels.LIMIT)));
        }
        return requirements.stream()
                .flatMap(requirement -> requirement.check().stream())
                .findFirst();
    }

    /**
     * Parses kubectl's text form: {@code role=lb,zone in (a,b),!drained}. Empty text matches everything.
     * Refused with EINVAL where it is no selector.
     */
    public static Outcome<LabelSelector> parse(String text) {
        List<Requirement> requirements = new ArrayList<>();
        for (String part : parts(text)) {
            Optional<Requirement> requirement = parseRequirement(part.strip());
            if (requirement.isEmpty()) {
                return Outcome.refused(Errno.EINVAL,
                        ("selector \"%s\": \"%s\" is none of key=value, key!=value, key in (a,b), "
                                + "key notin (a,b), key, !key").formatted(text, part.strip()));
            }
            requirements.add(requirement.get());
        }
        LabelSelector selector = new LabelSelector(requirements);
        Optional<Refusal> refusal = selector.check();
        return refusal.isPresent() ? new Outcome.Refused<>(refusal.get()) : Outcome.done(selector);
    }

    /** Split at commas outside parentheses. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '(' -> depth++;
                case ')' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        parts.add(text.substring(from, i));
                        from = i + 1;
                    }
                }
                default -> {
                    // belongs to the part
                }
            }
        }
        if (!text.isBlank()) {
            parts.add(text.substring(from));
        }
        return parts;
    }

    private static Optional<Requirement> parseRequirement(String text) {
        Matcher equality = EQUALITY.matcher(text);
        if (equality.matches()) {
            Operator operator = equality.group(2).equals("!=") ? Operator.NOT_IN : Operator.IN;
            return Optional
                    .of(new Requirement(equality.group(1), operator, List.of(equality.group(3))));
        }
        Matcher set = SET.matcher(text);
        if (set.matches()) {
            Operator operator = set.group(2).equals("in") ? Operator.IN : Operator.NOT_IN;
            List<String> values = Pattern.compile(",")
                    .splitAsStream(set.group(3))
                    .map(String::strip)
                    .toList();
            return Optional.of(new Requirement(set.group(1), operator, values));
        }
        Matcher presence = PRESENCE.matcher(text);
        if (presence.matches()) {
            Operator operator = presence.group(1).isEmpty()
                    ? Operator.EXISTS
                    : Operator.DOES_NOT_EXIST;
            return Optional.of(new Requirement(presence.group(2), operator, List.of()));
        }
        return Optional.empty();
    }

    /** The text form, readable by {@link #parse}. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
    }
}
