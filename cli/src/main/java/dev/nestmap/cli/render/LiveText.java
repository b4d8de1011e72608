package dev.nestmap.cli.render;

import dev.nestmap.client.LivePart;
import dev.nestmap.model.btf.Datum;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.ValueReader;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** For people. */
public final class LiveText implements LiveRenderer {
    @Override
    public String beginNodes() {
        return "";
    }

    @Override
    public String beginNode(String node) {
        return "node " + node + ":\n";
    }

    @Override
    public String endNode() {
        return "";
    }

    @Override
    public String failed(LivePart.Failed failure) {
        return "";
    }

    @Override
    public String counted(String node, long count) {
        return "node %s: %s".formatted(node, count(count));
    }

    @Override
    public String endNodes() {
        return "";
    }

    @Override
    public String count(long count) {
        return elements(count) + "\n";
    }

    @Override
    public String sum(long count, Summed over) {
        return "%s on %s\n".formatted(elements(count), nodes(over));
    }

    @Override
    public String sums(List<KeySum> sums, Optional<MapBtf.Resolved> types, Summed over) {
        StringBuilder out = new StringBuilder();
        if (types.isPresent()) {
            MapBtf.Resolved known = types.get();
            out.append(Json.PRETTY.text(json -> {
                json.array();
                sums.forEach(sum -> typed(json, sum, known));
                json.endArray();
            }));
        } else {
            for (KeySum sum : sums) {
                out.append("key: ");
                Hex.text(out, sum.key());
                out.append("  sum: ")
                        .append(sum.sum() instanceof Datum.Whole(BigInteger number)
                                ? number
                                : sum.sum())
                        .append('\n');
            }
        }
        return out.append("Found %s on %s\n".formatted(elements(sums.size()), nodes(over)))
                .toString();
    }

    private static void typed(JsonWriter json, KeySum sum, MapBtf.Resolved known) {
        json.object();
        if (known.key().sizeBytes() == sum.key().size()) {
            DatumJson.write(json.name("key"), ValueReader.read(known.key(), sum.key()));
        } else {
            json.member("key", sum.key().toString());
        }
        DatumJson.write(json.name("sum"), sum.sum());
        json.endObject();
    }

    private static String elements(long count) {
        return "%d element%s".formatted(count, count == 1 ? "" : "s");
    }

    private static String nodes(Summed over) {
        int all = over.nodes().size() + over.failed().size();
        String noun = all == 1 ? "node" : "nodes";
        return over.failed().isEmpty()
                ? "%d %s".formatted(all, noun)
                : "%d of %d %s".formatted(over.nodes().size(), all, noun);
    }
}
