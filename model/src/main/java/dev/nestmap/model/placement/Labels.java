package dev.nestmap.model.placement;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;
import java.util.regex.Pattern;

/** The syntax of labels and of node names, as Kubernetes has it. */
public final class Labels {
    /** At most so many labels on one node, and requirements and values in one selector. */
    public static final int LIMIT = 256;

    private static final Pattern KEY = Pattern.compile(
            "([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern VALUE = Pattern
            .compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern NODE = Pattern
            .compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,251}[A-Za-z0-9])?");

    private Labels() {}

    /** EINVAL where a text cannot be a label's key. */
    public static Optional<Refusal> checkKey(String key) {
        return check(KEY, key, "label key",
                "[prefix/]name of up to 63 letters, digits, '-', '_' and '.'");
    }

    /** EINVAL where a text cannot be a label's value. */
    public static Optional<Refusal> checkValue(String value) {
        return check(VALUE, value, "label value",
                "up to 63 letters, digits, '-', '_' and '.', or nothing");
    }

    /** EINVAL where a text cannot be a node's name. */
    public static Optional<Refusal> checkNode(String name) {
        return check(NODE, name, "node name", "up to 253 letters, digits, '-', '_' and '.'");
    }

    private static Optional<Refusal> check(Pattern pattern, String text, String what, String rule) {
        return pattern.matcher(text).matches()
                ? Optional.empty()
                : Optional.of(new Refusal(Errno.EINVAL,
                        "%s \"%s\": must be %s, beginning and ending with a letter or digit"
                                .formatted(what, text, rule)));
    }
}
