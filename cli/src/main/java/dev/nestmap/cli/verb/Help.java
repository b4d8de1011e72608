package dev.nestmap.cli.verb;

import java.util.List;

/**
 * What is known of a verb without running it.
 *
 * @param path the words that name it: {@code map update}
 * @param aliases other last words
 * @param summary a sentence without a full stop
 * @param grammar what may follow the path; may have several lines
 * @param terms what the capital words of the grammar stand for, one to a line
 * @param example a whole command line
 */
public record Help(
        String path,
        List<String> aliases,
        String summary,
        String grammar,
        List<String> terms,
        String example) {
    public static final String MAP = "MAP   := id N | name NAME | pinned PATH";
    public static final String DATA = "DATA  := [hex] BYTE...    bytes are decimal, 0x hexadecimal or 0 octal; after hex, hexadecimal\n"
            + "         | FIELDS       of a map with BTF, one word: 7, 10.0.0.1, a constant's name, '{\"port\":443}' (members left out are 0)";
    public static final String VALUE = "VALUE := DATA | MAP | ifindex NAME [prog PATH] | prog PATH | cgroup PATH | qsize N [prog PATH]\n"
            + "         | NUMBER [NUMBER]    in values of 4 or 8 bytes: ifindex NAME, or 'cpus()', the number of possible CPUs";

    /** Copies the lists. */
    public Help {
        aliases = List.copyOf(aliases);
        terms = List.copyOf(terms);
    }

    /** Without other names. */
    public Help(String path, String summary, String grammar, List<String> terms, String example) {
        this(path, List.of(), summary, grammar, terms, example);
    }

    /** The last word of the path. */
    public String word() {
        return path.substring(path.lastIndexOf(' ') + 1);
    }

    /** All but the last word of the path; empty for a verb at the top. */
    public String group() {
        int gap = path.lastIndexOf(' ');
        return gap < 0 ? "" : path.substring(0, gap);
    }
}
