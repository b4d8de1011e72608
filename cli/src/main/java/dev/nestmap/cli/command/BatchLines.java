package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The commands of a batch file, cut into words as bpftool's do_batch and make_args (main.c) do: what follows a # is a
 * comment, a backslash at the end continues a line, quotes of either kind hold a word together and mean nothing else.
 */
final class BatchLines {
    /** A value of the largest size takes 5 MiB in decimal. */
    private static final int MAX_CHARS = 16 << 20;

    private final BufferedReader reader;
    private int line;

    BatchLines(Reader reader) {
        this.reader = new BufferedReader(reader);
    }

    /**
     * One command.
     *
     * @param number of its first line, from 1
     */
    record Line(int number, List<String> words) {}

    /** The next command; empty behind the last. */
    Optional<Line> next() throws IOException, CommandFailedException {
        StringBuilder text = new StringBuilder();
        int first = line + 1;
        while (readInto(text)) {
            if (!text.isEmpty() && text.charAt(text.length() - 1) == '\\') {
                text.setCharAt(text.length() - 1, ' ');
                continue;
            }
            List<String> words = words(text, first);
            if (!words.isEmpty()) {
                return Optional.of(new Line(first, words));
            }
            text.setLength(0);
            first = line + 1;
        }
        List<String> words = words(text, first);
        return words.isEmpty() ? Optional.empty() : Optional.of(new Line(first, words));
    }

    /** Appends one line without its comment and its end; false where there is none. */
    private boolean readInto(StringBuilder text) throws IOException, CommandFailedException {
        boolean comment = false;
        int c = reader.read();
        if (c < 0) {
            return false;
        }
        line++;
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            comment |= c == '#';
            if (!comment && c != '\r') {
                text.append((char) c);
            }
            if (text.length() > MAX_CHARS) {
                throw CommandFailedException.usage("batch: line %d is longer than %d characters"
                        .formatted(line, MAX_CHARS));
            }
        }
        return true;
    }

    private static List<String> words(CharSequence text, int number)
            throws CommandFailedException {
        List<String> words = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
                continue;
            }
            boolean quoted = c == '"' || c == '\'';
            int from = quoted ? i + 1 : i;
            int to = from;
            while (to < text.length() && (quoted
                    ? text.charAt(to) != c
                    : !Character.isWhitespace(text.charAt(to)))) {
                to++;
            }
            if (quoted && to == text.length()) {
                throw CommandFailedException
                        .usage("batch: line %d: the quote %c is not closed".formatted(number, c));
            }
            words.add(text.subSequence(from, to).toString());
            i = quoted ? to + 1 : to;
        }
        return words;
    }
}
