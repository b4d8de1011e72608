package dev.nestmap.cli.render;

import dev.nestmap.client.LivePart;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.ValueReader;
import java.util.List;
import java.util.Optional;

/** For programs. */
public final class LiveJson implements LiveRenderer {
    private final Json form;
    private final StringBuilder buffer = new StringBuilder();
    private JsonWriter nodes;

    /** Renders in a form. */
    public LiveJson(Json form) {
        this.form = form;
        this.nodes = form.writer(buffer);
    }

    @Override
    public String beginNodes() {
        nodes = form.writer(buffer);
        nodes.array();
        return taken();
    }

    @Override
    public String beginNode(String node) {
        nodes.object().member("node", node).name("answer");
        return taken();
    }

    @Override
    public String endNode() {
        nodes.wasWritten();
        nodes.endObject();
        return taken();
    }

    @Override
    public String failed(LivePart.Failed failure) {
        failed(nodes, failure);
        return taken();
    }

    @Override
    public String counted(String node, long count) {
        nodes.object().member("node", node).member("count", count).endObject();
        return taken();
    }

    @Override
    public String endNodes() {
        nodes.endArray();
        return taken() + form.end();
    }

    @Override
    public String count(long count) {
        return form.text(out -> out.object().member("count", count).endObject());
    }

    @Override
    public String sum(long count, Summed over) {
        return form.text(out -> {
            out.object().member("count", count);
            over(out, over);
            out.endObject();
        });
    }

    @Override
    public String sums(List<KeySum> sums, Optional<MapBtf.Resolved> types, Summed over) {
        return form.text(out -> {
            out.object().name("sums").array();
            for (KeySum sum : sums) {
                Hex.json(out.object().name("key"), sum.key());
                types.filter(known -> known.key().sizeBytes() == sum.key().size())
                        .ifPresent(known -> DatumJson.write(out.name("formatted_key"),
                                ValueReader.read(known.key(), sum.key())));
                DatumJson.write(out.name("sum"), sum.sum());
                out.endObject();
            }
            out.endArray();
            over(out, over);
            out.endObject();
        });
    }

    private static void over(JsonWriter out, Summed over) {
        out.member("nodes", over.nodes()).name("failed").array();
        over.failed().forEach(failure -> failed(out, failure));
        out.endArray();
    }

    private static void failed(JsonWriter out, LivePart.Failed failure) {
        out.object().member("node", failure.node()).member("error", failure.message());
        failure.errno().ifPresent(errno -> out.member("errno", errno.name()));
        out.endObject();
    }

    private String taken() {
        String text = buffer.toString();
        buffer.setLength(0);
        return text;
    }
}
