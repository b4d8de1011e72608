package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value that each node works out for itself.
 *
 * @param interfaceName the network interface whose index is meant, in the agent's network namespace; {@code ifindex("eth0")}
 */
public record NodeExpression(String interfaceName) {
    /** IFNAMSIZ less the final zero; dev_valid_name in net/core/dev.c. */
    private static final Pattern IFINDEX = Pattern.compile("ifindex\\(\"([^\\s/:\"]{1,15})\"\\)");

    /** Parses the text form; empty where it is none. */
    public static Optional<NodeExpression> parse(String text) {
        Matcher matcher = IFINDEX.matcher(text.strip());
        return matcher.matches()
                ? Optional.of(new NodeExpression(matcher.group(1)))
                : Optional.empty();
    }

    static Optional<Refusal> check(MapSpec spec, String text) {
        return parse(text).isPresent()
                ? Optional.empty()
                : Refusals.of(Errno.EINVAL,
                        ("update %s: \"%s\" is no node expression; write ifindex(\"NAME\") with an interface name of up to 15 "
                                + "characters").formatted(spec.ref(), text));
    }

    /** The text form. */
    @Override
    public String toString() {
        return "ifindex(\"" + interfaceName + "\")";
    }
}
