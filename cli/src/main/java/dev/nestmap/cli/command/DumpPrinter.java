package dev.nestmap.cli.command;

import dev.nestmap.cli.render.InnerMaps;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Progress;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;

/**
 * Prints one dump. A devmap's empty slots are shown, as bpftool does, though the store has no element for them. One thread
 * uses it, once.
 */
final class DumpPrinter {
    private static final int ELEMENTS_BETWEEN_CHECKS = 512;

    private final NestmapClient client;
    private final MapSpec spec;
    private final InnerMaps maps;
    private final PerCpuValues perCpu;
    private final Output output;
    private final MapRenderer renderer;
    private final Progress progress;
    private long nextIndex;
    private long found;
    private long shown;

    /** With the names of fields where the renderer knows them. */
    DumpPrinter(NestmapClient client, MapSpec spec, Output output, MapRenderer renderer) {
        this.client = client;
        this.spec = spec;
        this.maps = new StoredMaps(client);
        this.perCpu = new PerCpuValues(client, spec);
        this.output = output;
        this.renderer = renderer;
        this.progress = output.progress("elements");
    }

    /** Shows elements; gives the exit code. */
    int run(Iterable<Element> elements) {
        output.print(renderer.beginDump());
        for (Element element : elements) {
            showEmptyUpTo(element.key());
            output.print(renderer.dumped(perCpu.shown(element), maps));
            found++;
            if (isReaderGone()) {
                return ExitCode.OUTPUT_CLOSED;
            }
        }
        showEmptyUpTo(Bytes.u32le(spec.maxEntries()));
        return end();
    }

    /** Where the elements of the maps in slots come from. */
    interface Inners {
        Iterable<Element> elements(Answer<MapDescription> inner) throws CommandFailedException;
    }

    /** Shows slots, each with the elements of its map; gives the exit code. */
    int runWithInnerMaps(Iterable<Element> slots, Inners inners) throws CommandFailedException {
        output.print(renderer.beginDump());
        for (Element slot : slots) {
            found++;
            output.print(renderer.beginInner(slot, maps));
            long inside = 0;
            if (slot.value() instanceof Value.Slot(MapRef map)) {
                Answer<MapDescription> inner = client.map(map).describe();
                PerCpuValues values = new PerCpuValues(client, inner.value().spec());
                for (Element element : inners.elements(inner)) {
                    output.print(renderer.inner(values.shown(element)));
                    inside++;
                    if (isReaderGone()) {
                        return ExitCode.OUTPUT_CLOSED;
                    }
                }
            }
            output.print(renderer.endInner(inside));
        }
        return end();
    }

    private int end() {
        progress.end();
        output.print(renderer.endDump(found));
        return ExitCode.OK;
    }

    private boolean isReaderGone() {
        progress.step();
        return ++shown % ELEMENTS_BETWEEN_CHECKS == 0 && output.closed();
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
