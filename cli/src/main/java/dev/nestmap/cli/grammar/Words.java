package dev.nestmap.cli.grammar;

import java.util.List;
import java.util.regex.Pattern;

/** The words after a verb, read from left to right. One thread uses it. */
final class Words {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./^-]+");

    private final String verb;
    private final List<String> words;
    private int position;

    Words(String verb, List<String> words) {
        this.verb = verb;
        this.words = List.copyOf(words);
    }

    boolean atEnd() {
        return position == words.size();
    }

    /** True where the next word is this one. */
    boolean isNext(String word) {
        return !atEnd() && words.get(position).equals(word);
    }

    /** Takes the next word if it is this one. */
    boolean accept(String word) {
        boolean accepted = isNext(word);
        if (accepted) {
            position++;
        }
        return accepted;
    }

    /** Takes the next word, which must be this one. */
    void expect(String word) throws GrammarException {
        if (!accept(word)) {
            throw expected('"' + word + '"');
        }
    }

    /** Takes the next word, whatever it is; {@code what} names it where there is none. */
    String take(String what) throws GrammarException {
        if (atEnd()) {
            throw expected(what);
        }
        return words.get(position++);
    }

    /** The next word without taking it; empty at the end. */
    String peek() {
        return atEnd() ? "" : words.get(position);
    }

    void expectEnd() throws GrammarException {
        if (!atEnd()) {
            throw expected("nothing more");
        }
    }

    /** Something else was expected in the place of the next word. */
    GrammarException expected(String what) {
        String got = atEnd() ? "the end" : quotedPeek();
        return new GrammarException(
                "%s: expected %s, got %s%s".formatted(verb, what, got, place(position)), words,
                position);
    }

    /** The word taken last is wrong: {@code problem} says how, in words that may follow the word. */
    GrammarException wrong(String problem) {
        int index = position - 1;
        return new GrammarException("%s: \"%s\"%s %s".formatted(verb, words.get(index),
                place(index), problem), words, index);
    }

    /** Something is missing behind the last word, or as a whole. */
    GrammarException missing(String what) {
        return new GrammarException("%s: %s is missing".formatted(verb, what), words,
                words.size());
    }

    /** As the shell would take it. */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private String quotedPeek() {
        String word = words.get(position);
        return word.startsWith("-") ? "the unknown option \"" + word + '"' : '"' + word + '"';
    }

    private String place(int index) {
        return index < words.size() ? " (word " + (index + 1) + ")" : "";
    }
}
