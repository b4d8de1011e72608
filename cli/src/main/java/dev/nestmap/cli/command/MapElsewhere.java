package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Verb;
import java.util.List;

/** Verbs of bpftool that make no sense for a fleet: they say what to do instead. */
public final class MapElsewhere implements Verb {
    private final Help help;
    private final String wayOut;

    private MapElsewhere(Help help, String wayOut) {
        this.help = help;
        this.wayOut = wayOut;
    }

    /** {@code map pin}. */
    public static Verb pin() {
        return new MapElsewhere(new Help("map pin",
                "Not here: where a map is pinned on the nodes is part of its definition",
                "MAP FILE", List.of(Help.MAP),
                "nestmap map create /sys/fs/bpf/vips type hash key 4 value 4 entries 8 name vips"),
                "where a map is pinned is part of its definition: give FILE to map create, or spec.pinPath to "
                        + "apply; on one host alone, bpftool map pin adds a pin");
    }

    /** {@code map event_pipe}. */
    public static Verb eventPipe() {
        return new MapElsewhere(new Help("map event_pipe",
                "Not here: events are in the kernel of one host", "MAP [cpu N index M]",
                List.of(Help.MAP), "bpftool map event_pipe name events"),
                "events are in the kernel of one host and no store has them: run bpftool map event_pipe there");
    }

    @Override
    public Help help() {
        return help;
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        throw CommandFailedException.usage(help.path() + ": " + wayOut);
    }
}
