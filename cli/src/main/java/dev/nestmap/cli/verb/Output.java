package dev.nestmap.cli.verb;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.render.ErrnoText;
import dev.nestmap.cli.render.FleetRenderer;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.render.MapJson.Detail;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.cli.render.Terminal;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Errno;
import java.io.PrintStream;
import java.util.Optional;

/** Where answers and complaints go, and in which style. One thread uses it. */
public final class Output {
    private final PrintStream out;
    private final PrintStream err;
    private final Style style;
    private final Terminal terminal;
    private boolean answered;

    /** The caller flushes and closes the streams. */
    public Output(PrintStream out, PrintStream err, Style style, Terminal terminal) {
        this.out = out;
        this.err = err;
        this.style = style;
        this.terminal = terminal;
    }

    /** The same with another style. */
    public Output in(Style other) {
        return new Output(out, err, other, terminal);
    }

    /** How answers are shown. */
    public Style style() {
        return style;
    }

    /** What reads the streams. */
    public Terminal terminal() {
        return terminal;
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
        answered = true;
        out.print(text);
    }

    /** Prints an answer at once, of a verb that goes on running. */
    public void printNow(String text) {
        print(text);
        out.flush();
    }

    /** Prints what is no part of an answer. */
    public void remark(String text) {
        // Both are mostly read together: what was answered before comes before.
        out.flush();
        err.print(text);
        err.flush();
    }

    /** Tells somebody who watches how far something has come; nothing where nobody does. */
    public Progress progress(String what) {
        return new Progress(terminal.showsProgress() ? err : null, what);
    }

    /** True where something was printed as an answer. */
    public boolean answered() {
        return answered;
    }

    /** True where whoever read the answers went away; flushes. */
    public boolean closed() {
        return out.checkError();
    }

    /** Says why a command line was not understood. */
    public void complain(GrammarException e) {
        String sentence = String.valueOf(e.getMessage());
        style.json().ifPresentOrElse(form -> print(error(form, sentence, Optional.empty())), () -> {
            remark(line(sentence));
            remark(e.pointer() + "\n");
        });
    }

    /** Says why a verb could not do its work. */
    public void complain(CommandFailedException e) {
        complain(String.valueOf(e.getMessage()), e.errno(), Optional.empty());
    }

    /**
     * Says what the store refused, or why it could not be asked.
     *
     * @param bpftools what bpftool says in front of the errno, where the verb is one of its
     */
    public void complain(NestmapException e, Optional<String> bpftools) {
        String message = String.valueOf(e.getMessage());
        String sentence = e.errno()
                .map(errno -> " (" + errno + ")")
                .filter(message::endsWith)
                .map(suffix -> message.substring(0, message.length() - suffix.length()))
                .orElse(message);
        complain(sentence, e.errno(), bpftools);
    }

    /** People read complaints beside the answers; programs read them in the place of the answer, as with bpftool. */
    private void complain(String sentence, Optional<Errno> errno, Optional<String> bpftools) {
        String forPeople = line(sentence + errno.filter(number -> !sentence.contains(number.name()))
                .map(number -> " (" + number + ")")
                .orElse(""));
        switch (style) {
            case Style.Text _ -> remark(forPeople);
            case Style.Structured(Json form, Detail detail) -> {
                if (detail == Detail.BPFTOOL && errno.isPresent() && bpftools.isPresent()) {
                    String words = bpftools.get() + ": " + ErrnoText.of(errno.get());
                    print(form.text(out -> out.object().member("error", words).endObject()));
                    // bpftool's words have no room for the rule and the way out.
                    remark(forPeople);
                } else {
                    print(error(form, sentence, errno));
                }
            }
        }
    }

    private String line(String sentence) {
        return terminal.onErr("Error:", Terminal.Colour.RED) + " " + sentence + "\n";
    }

    private static String error(Json form, String sentence, Optional<Errno> errno) {
        return form.text(out -> {
            out.object().member("error", sentence);
            errno.ifPresent(number -> out.member("errno", number.name()));
            out.endObject();
        });
    }
}
