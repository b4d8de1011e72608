package dev.nestmap.cli.grammar;

import java.util.ArrayList;
import java.util.List;

/** A word stands where none or another was expected. The message names it, its position and what was expected. */
public final class GrammarException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int WORDS_BEFORE = 12;
    private static final int WORDS_BEHIND = 4;

    private final String pointer;

    GrammarException(String message, List<String> words, int index) {
        super(message);
        this.pointer = point(words, index);
    }

    /** Two lines for people: the words around the one in question, and a mark below that one. */
    public String pointer() {
        return pointer;
    }

    /** A value may be a million words long, so only the neighbourhood is shown. */
    private static String point(List<String> words, int index) {
        int from = Math.max(0, index - WORDS_BEFORE);
        int to = Math.min(words.size(), index + WORDS_BEHIND + 1);
        List<String> shown = new ArrayList<>();
        if (from > 0) {
            shown.add("...");
        }
        words.subList(from, index).stream().map(Words::quoted).forEach(shown::add);
        String before = String.join(" ", shown);
        words.subList(index, to).stream().map(Words::quoted).forEach(shown::add);
        if (to < words.size()) {
            shown.add("...");
        }
        String margin = " ".repeat(before.length() + (before.isEmpty() ? 0 : 1));
        return "    " + String.join(" ", shown) + "\n    " + margin + "^";
    }
}
