package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.client.LiveQuery;
import dev.nestmap.model.map.MapRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whose kernels are read, where a verb is to show what is there instead of what the store wants.
 *
 * @param nodes by name; none: all that want the map
 * @param sum one value for all CPUs and nodes
 */
record LiveTarget(List<String> nodes, boolean sum, Duration within) {
    /** For the terms of a verb's help. */
    static final String TERM = "with --node or --all-nodes: what is really in the kernels of these nodes, read through their agents; "
            + "each value as bpftool shows it there, for every CPU";

    private static final Option NODE = Option
            .value("--node", "NODE", "Read it in the kernel of this node; may be given again")
            .repeatable();
    private static final Option ALL_NODES = Option.flag("--all-nodes",
            "Read it in the kernels of all nodes that want the map");
    private static final Option LIVE = Option.flag("--live",
            "With --node or --all-nodes, which read the kernel in any case: says so");
    private static final Option SUM = Option.flag("--sum",
            "Add the values of all CPUs and nodes: plain integers, or by field in a map with BTF");

    /** What a verb takes. */
    static List<Option> options() {
        return List.of(NODE, ALL_NODES, LIVE, SUM);
    }

    /** What is asked for; empty where the store is meant. */
    static Optional<LiveTarget> of(Invocation invocation, Help help)
            throws CommandFailedException {
        List<String> nodes = invocation.optionValues(NODE.name());
        boolean all = invocation.flag(ALL_NODES.name());
        if (!nodes.isEmpty() && all) {
            throw CommandFailedException
                    .usage("%s: --node and --all-nodes exclude each other".formatted(help.path()));
        }
        if (nodes.isEmpty() && !all) {
            for (Option alone : List.of(LIVE, SUM)) {
                if (invocation.flag(alone.name())) {
                    throw CommandFailedException.usage(
                            "%s: %s is about the kernels of nodes: say which, by --node NODE or --all-nodes"
                                    .formatted(help.path(), alone.name()));
                }
            }
            return Optional.empty();
        }
        return Optional.of(new LiveTarget(nodes, invocation.flag(SUM.name()),
                invocation.settings().timeout().orElse(LiveQuery.WITHIN_DEFAULT)));
    }

    /** True where the answer is one node's and looks as the store's would. */
    boolean isOneNode() {
        return nodes.size() == 1;
    }

    LiveQuery query(MapRef map, LiveQuery.Question question) {
        return new LiveQuery(map, question, nodes, within);
    }
}
