package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.render.FleetRenderer;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Errno;
import java.io.PrintStream;
import java.util.Optional;

/** Where answers and complaints go, and in which style. One thread uses it. */
public final class Output {
    private final PrintStream out;
    private final PrintStream err;
    private final Style style;

    /** The caller flushes and closes the streams. */
    public Output(PrintStream out, PrintStream err, Style style) {
        this.out = out;
        this.err = err;
        this.style = style;
    }

    /** How answers are shown. */
    public Style style() {
        return style;
    }

    /** Forms of answers about maps. */
    public MapRenderer maps() {
        return style.maps();
    }

    /** Forms of answers about nodes and members. */
    public FleetRenderer fleet() {
        return style.fleet();
    }

    /** Prints an answer, or a part of one. */
    public void print(String text) {
        out.print(text);
    }

    /** Prints an answer at once, of a verb that goes on running. */
    public void printNow(String text) {
        out.print(text);
        out.flush();
    }

    /** Prints what is no part of an answer. */
    public void remark(String text) {
        err.print(text);
        err.flush();
    }

    /** True where whoever read the answers went away; flushes. */
    public boolean closed() {
        return out.checkError();
    }

    /** Says why a command line was not understood; gives the exit code. */
    public int failed(GrammarException e) {
        complain(String.valueOf(e.getMessage()), Optional.empty());
        if (style == Style.TEXT) {
            err.println(e.pointer());
        }
        return ExitCode.USAGE;
    }

    /** Says why a verb could not do its work; gives the exit code. */
    public int failed(CommandFailedException e) {
        complain(String.valueOf(e.getMessage()), e.errno());
        return e.exitCode();
    }

    /** Says what the store refused, or why it could not be asked; gives the exit code. */
    public int failed(NestmapException e) {
        String message = String.valueOf(e.getMessage());
        String sentence = e.errno()
                .map(errno -> " (" + errno + ")")
                .filter(message::endsWith)
                .map(suffix -> message.substring(0, message.length() - suffix.length()))
                .orElse(message);
        complain(sentence, e.errno());
        return e.errno().map(ExitCode::of).orElse(ExitCode.FAILED);
    }

    /** People read complaints beside the answers; programs read them in the place of the answer, as with bpftool. */
    private void complain(String sentence, Optional<Errno> errno) {
        (style == Style.TEXT ? err : out).print(style.error(sentence, errno));
    }
}
