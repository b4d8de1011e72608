package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A value that each node works out for itself: {@code ifindex("eth0")}, {@code cpus()}, {@code prog("/sys/fs/bpf/p")},
 * {@code cgroup("/sys/fs/cgroup/x")}, or two of them, as {@code ifindex("eth0"), prog("/sys/fs/bpf/p")} in a DEVMAP with
 * value_size 8. Each term gives four bytes.
 *
 * @param terms at least one, in the order of the value's bytes
 */
public record NodeExpression(List<Term> terms) {
    /** PATH_MAX of linux/limits.h, less the final zero. */
    private static final int PATH_LIMIT_BYTES = 4095;
    /**
     * Characters of a text that is parsed: two of the longest paths and the words around them. A longer one is refused unread,
     * for it is parsed where every member applies the write.
     */
    public static final int TEXT_LIMIT = 8704;
    /** Nothing is tried twice: what was taken is never given back. */
    private static final Pattern TERM = Pattern
            .compile("\\s*+([a-z]++)\\(\\s*+(?:\"([^\"]*+)\"|([0-9]{1,9}+))?+\\s*+\\)\\s*+");
    /** dev_valid_name in net/core/dev.c, and IFNAMSIZ less the final zero. */
    private static final Pattern INTERFACE = Pattern.compile("[^\\s/:\"]{1,15}");

    /** One part of a value. */
    public sealed interface Term {
        /** What stands before the parenthesis. */
        String word();
    }

    /** The index of a network interface in the agent's network namespace. */
    public record Ifindex(String interfaceName) implements Term {
        @Override
        public String word() {
            return "ifindex";
        }

        @Override
        public String toString() {
            return quoted(this, interfaceName);
        }
    }

    /** The program that is pinned at an absolute path. */
    public record Program(String path) implements Term {
        @Override
        public String word() {
            return "prog";
        }

        @Override
        public String toString() {
            return quoted(this, path);
        }
    }

    /** The cgroup-v2 directory at an absolute path. */
    public record Cgroup(String path) implements Term {
        @Override
        public String word() {
            return "cgroup";
        }

        @Override
        public String toString() {
            return quoted(this, path);
        }
    }

    /** The number of possible CPUs, as many values as a per-CPU map has for each key (libbpf_num_possible_cpus). */
    public record PossibleCpus() implements Term {
        @Override
        public String word() {
            return "cpus";
        }

        @Override
        public String toString() {
            return "cpus()";
        }
    }

    /** The same on every node: the queue of a CPU in a CPUMAP, where a program follows. */
    public record QueueSize(int packets) implements Term {
        @Override
        public String word() {
            return "qsize";
        }

        @Override
        public String toString() {
            return "qsize(" + packets + ")";
        }
    }

    /** Copies the list. */
    public NodeExpression {
        terms = List.copyOf(terms);
    }

    /** The expression of one term. */
    public static NodeExpression of(Term term) {
        return new NodeExpression(List.of(term));
    }

    /** Why a text is not even looked at; empty where it has no more than {@link #TEXT_LIMIT} characters. */
    public static Optional<String> tooLong(String text) {
        return text.length() <= TEXT_LIMIT
                ? Optional.empty()
                : Optional.of("the node expression has %d characters, at most %d are possible"
                        .formatted(text.length(), TEXT_LIMIT));
    }

    /** Parses the text form, at a cost that grows with its length; empty where it is none, or too long. */
    public static Optional<NodeExpression> parse(String text) {
        if (tooLong(text).isPresent()) {
            return Optional.empty();
        }
        List<Term> terms = new ArrayList<>();
        Matcher matcher = TERM.matcher(text);
        int from = 0;
        while (matcher.region(from, text.length()).lookingAt()) {
            Term term = term(matcher.group(1), matcher.group(2), matcher.group(3));
            if (term == null) {
                return Optional.empty();
            }
            terms.add(term);
            if (matcher.end() == text.length()) {
                return Optional.of(new NodeExpression(terms));
            }
            if (text.charAt(matcher.end()) != ',') {
                return Optional.empty();
            }
            from = matcher.end() + 1;
        }
        return Optional.empty();
    }

    /** The words of the terms joined by ", ": what a type accepts is told by it. */
    public String shape() {
        return terms.stream().map(Term::word).collect(Collectors.joining(", "));
    }

    private static @Nullable Term term(String word, @Nullable String text,
            @Nullable String number) {
        if (number != null) {
            return word.equals("qsize") ? new QueueSize(Integer.parseInt(number)) : null;
        }
        if (text == null) {
            return word.equals("cpus") ? new PossibleCpus() : null;
        }
        return switch (word) {
            case "ifindex" -> INTERFACE.matcher(text).matches() && !text.equals(".")
                    && !text.equals("..") ? new Ifindex(text) : null;
            case "prog" -> isPath(text) ? new Program(text) : null;
            case "cgroup" -> isPath(text) ? new Cgroup(text) : null;
            default -> null;
        };
    }

    private static boolean isPath(String text) {
        return text.startsWith("/") && text.chars().noneMatch(Character::isISOControl)
                && Bytes.utf8(text).size() <= PATH_LIMIT_BYTES;
    }

    private static String quoted(Term term, String text) {
        return term.word() + "(\"" + text + "\")";
    }

    /** The text form. */
    @Override
    public String toString() {
        return terms.stream().map(Term::toString).collect(Collectors.joining(", "));
    }
}
