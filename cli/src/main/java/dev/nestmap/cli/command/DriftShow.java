package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NodeDescription;
import dev.nestmap.client.NodeReport;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.placement.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code drift}. */
public final class DriftShow implements Verb {
    private static final Option NODE = Option.value("--node", "NAME", "Only this node");
    private static final Option OPEN = Option.flag("--open", "Only what is not mended");

    @Override
    public Help help() {
        return new Help("drift",
                "Shows what others changed in the kernels of the nodes, and what became of it",
                "[MAP] [--node NAME] [--open]",
                List.of(Help.MAP,
                        "Ends with exit code 1 where --open is given and something is not mended."),
                "nestmap drift --open");
    }

    @Override
    public List<Option> options() {
        return List.of(NODE, OPEN);
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        Optional<MapRef> ref = invocation.grammar().optionalMap("drift", invocation.words());
        Optional<MapDescription> map = ref.isPresent()
                ? Optional.of(invocation.client().map(ref.get()).describe().value())
                : Optional.empty();
        Optional<String> node = invocation.option(NODE.name());
        List<NodeDescription> nodes = node.isPresent()
                ? List.of(invocation.client().nodes().get(node.get()).value())
                : invocation.client().nodes().list(LabelSelector.EVERYTHING).value();
        boolean open = invocation.flag(OPEN.name());
        List<NodeDescription> some = new ArrayList<>();
        nodes.forEach(one -> some.add(filtered(one, map, open)));
        Output output = invocation.output();
        output.print(output.fleet().drifts(some));
        boolean any = some.stream()
                .map(NodeDescription::report)
                .anyMatch(report -> report != null
                        && (!report.drifts().isEmpty() || report.unlistedDrifts() > 0));
        return open && any ? ExitCode.FAILED : ExitCode.OK;
    }

    private static NodeDescription filtered(NodeDescription node, Optional<MapDescription> map,
            boolean open) {
        NodeReport report = node.report();
        if (report == null) {
            return node;
        }
        List<NodeReport.Drift> drifts = report.drifts()
                .stream()
                .filter(drift -> map.isEmpty() || drift.mapId() == map.get().id())
                .filter(drift -> !open || drift.isOpen())
                .toList();
        return new NodeDescription(node.name(), node.connected(), node.labels(), node.facts(),
                new NodeReport(report.receivedRevision(), report.stagedRevision(),
                        report.appliedRevision(), report.conditions(), report.maps(),
                        report.lastApplyMicros(), drifts,
                        map.isPresent() ? 0 : report.unlistedDrifts()),
                node.lastHeardMillis());
    }
}
