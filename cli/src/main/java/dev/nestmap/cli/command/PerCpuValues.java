package dev.nestmap.cli.command;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NodeDescription;
import dev.nestmap.client.NodeFacts;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.LabelSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Shows a value that is the same for every CPU as bpftool does, once for each possible CPU: as many as the node with
 * the most has, or as this host has where no node is known. Asks for the nodes once. One thread uses it.
 */
final class PerCpuValues {
    private final NestmapClient client;
    private final MapSpec spec;
    private int cpus;

    PerCpuValues(NestmapClient client, MapSpec spec) {
        this.client = client;
        this.spec = spec;
    }

    /** The element as it is shown. */
    Element shown(Element element) {
        return MapRules.isPerCpu(spec.type()) && element.value() instanceof Value.Data(var bytes)
                ? new Element(element.key(), new Value.PerCpu(Collections.nCopies(cpus(), bytes)))
                : element;
    }

    /** The kernel writes a list of ranges, 0-3 or 0; the JVM knows only what it may use. */
    private static int possibleCpusHere() {
        try {
            String possible = Files.readString(Path.of("/sys/devices/system/cpu/possible")).strip();
            return 1 + Integer.parseInt(possible.substring(
                    1 + Math.max(possible.lastIndexOf('-'), possible.lastIndexOf(','))));
        } catch (IOException | NumberFormatException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    private int cpus() {
        if (cpus == 0) {
            List<NodeDescription> nodes = client.nodes()
                    .list(new LabelSelector(List.of()))
                    .value();
            cpus = nodes.stream()
                    .map(NodeDescription::facts)
                    .filter(Objects::nonNull)
                    .mapToInt(NodeFacts::possibleCpus)
                    .max()
                    .orElseGet(PerCpuValues::possibleCpusHere);
        }
        return cpus;
    }
}
