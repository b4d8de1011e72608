package dev.nestmap.cli.render;

import java.util.List;

/** The JSON around the answers of a batch, as bpftool's do_batch prints it. One thread uses it. */
public final class BatchRenderer {
    /** Brackets open around an answer. */
    public static final int DEPTH = 2;

    private final Json form;
    private final StringBuilder buffer = new StringBuilder();
    private final JsonWriter writer;

    /** Renders in a form. */
    public BatchRenderer(Json form) {
        this.form = form;
        this.writer = form.writer(buffer);
    }

    /** Before the first command. */
    public String begin() {
        writer.array();
        return taken();
    }

    /** A command; its answer follows, {@link #DEPTH} deep. */
    public String beginCommand(List<String> words) {
        writer.object().member("command", words).name("output");
        return taken();
    }

    /** Behind the answer. */
    public String endCommand() {
        writer.wasWritten();
        writer.endObject();
        return taken();
    }

    /** Behind a command that answered nothing. */
    public String endSilentCommand() {
        writer.nothing();
        writer.endObject();
        return taken();
    }

    /** Behind the last command. */
    public String end() {
        writer.endArray();
        return taken() + form.end();
    }

    private String taken() {
        String text = buffer.toString();
        buffer.setLength(0);
        return text;
    }
}
