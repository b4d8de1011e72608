package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.render.InnerMaps;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.util.List;

/** {@code map dump}. */
public final class MapDump implements Verb {
    private static final int ELEMENTS_BETWEEN_CHECKS = 512;

    @Override
    public Help help() {
        return new Help("map dump", "Shows all elements of a map", "MAP", List.of(Help.MAP),
                "nestmap map dump name routes");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        NestmapClient client = invocation.client();
        MapHandle map = client.map(invocation.grammar().map("map dump", invocation.words()));
        Answer<MapDescription> description = map.describe();
        MapSpec spec = description.value().spec();
        Iterable<Element> elements = switch (spec.type()) {
            case DEVMAP, DEVMAP_HASH -> DevmapContents.read(client, description);
            default -> client.map(description.value().ref()).elements();
        };
        MapRenderer renderer = TypedWords.types(description.value())
                .map(invocation.output().maps()::typed)
                .orElseGet(invocation.output()::maps);
        return new Dump(spec, new StoredMaps(client), invocation.output(), renderer).run(elements);
    }

    /** One dump. A devmap's empty slots are shown, as bpftool does, though the store has no element for them. */
    private static final class Dump {
        private final MapSpec spec;
        private final InnerMaps maps;
        private final Output output;
        private final MapRenderer renderer;
        private long nextIndex;
        private long found;

        Dump(MapSpec spec, InnerMaps maps, Output output, MapRenderer renderer) {
            this.spec = spec;
            this.maps = maps;
            this.output = output;
            this.renderer = renderer;
        }

        int run(Iterable<Element> elements) {
            output.print(renderer.beginDump());
            for (Element element : elements) {
                showEmptyUpTo(element.key());
                output.print(renderer.dumped(element, maps));
                found++;
                if (found % ELEMENTS_BETWEEN_CHECKS == 0 && output.closed()) {
                    return ExitCode.OUTPUT_CLOSED;
                }
            }
            showEmptyUpTo(Bytes.u32le(spec.maxEntries()));
            output.print(renderer.endDump(found));
            return ExitCode.OK;
        }

        private void showEmptyUpTo(Bytes key) {
            if (spec.type() != MapType.DEVMAP) {
                return;
            }
            long index = Integer.toUnsignedLong(key.intLe(0));
            while (nextIndex < index && !output.closed()) {
                output.print(renderer.dumpedEmpty(spec, Bytes.u32le((int) nextIndex++)));
            }
            nextIndex = index + 1;
        }
    }
}
