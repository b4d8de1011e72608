package dev.nestmap.cli.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What reads the streams of this process.
 *
 * @param outColours answers may have colours
 * @param errColours complaints may have colours
 * @param showsProgress somebody watches the complaints while the answer goes elsewhere
 */
public record Terminal(boolean outColours, boolean errColours, boolean showsProgress) {
    /** Programs or files read both streams. */
    public static final Terminal NONE = new Terminal(false, false, false);

    /** Colours of ECMA-48. */
    public enum Colour {
        /** Wrong, or taken away. */
        RED(31),
        /** Right, or added. */
        GREEN(32),
        /** Changed. */
        YELLOW(33);

        private final int code;

        Colour(int code) {
            this.code = code;
        }
    }

    /** Looks at the streams of this process. Honours NO_COLOR (no-color.org) and a terminal that is named dumb. */
    public static Terminal ofProcess(Map<String, String> environment) {
        boolean colours = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean outIsTerminal = isTerminal(1);
        boolean errIsTerminal = isTerminal(2);
        return new Terminal(colours && outIsTerminal, colours && errIsTerminal,
                errIsTerminal && !outIsTerminal);
    }

    /** A text for the answer. */
    public String onOut(String text, Colour colour) {
        return outColours ? coloured(text, colour) : text;
    }

    /** A text for the complaints. */
    public String onErr(String text, Colour colour) {
        return errColours ? coloured(text, colour) : text;
    }

    private static String coloured(String text, Colour colour) {
        return "\u001b[" + colour.code + "m" + text + "\u001b[0m";
    }

    /** The JDK knows only whether both stdin and stdout are one. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
