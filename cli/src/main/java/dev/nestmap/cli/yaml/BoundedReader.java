package dev.nestmap.cli.yaml;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/**
 * Refuses files and lines that are too long. The scanner looks ahead to the end of a line in plain text, and copies
 * what it has seen each time it reads on: a line of 64 Mi characters took it more than ten minutes.
 */
final class BoundedReader extends FilterReader {
    /** A value of the largest size has 3 Mi digits and spaces. */
    private static final int MAX_LINE_CHARACTERS = 4 << 20;

    private final int maxCharacters;
    private long characters;
    private long inLine;
    private int lines = 1;

    BoundedReader(Reader reader, int maxCharacters) {
        super(reader);
        this.maxCharacters = maxCharacters;
    }

    /** The message is a sentence for people. */
    static final class LimitException extends IOException {
        private static final long serialVersionUID = 1;

        LimitException(String message) {
            super(message);
        }
    }

    @Override
    public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        for (int i = offset; i < offset + count; i++) {
            inLine = buffer[i] == '\n' ? 0 : inLine + 1;
            if (inLine == 0) {
                lines++;
            } else if (inLine > MAX_LINE_CHARACTERS) {
                throw new LimitException("line %d has more than %d characters: break it"
                        .formatted(lines, MAX_LINE_CHARACTERS));
            }
        }
        characters += Math.max(0, count);
        if (characters > maxCharacters) {
            throw new LimitException("the file has more than %d characters: split it"
                    .formatted(maxCharacters));
        }
        return count;
    }
}
