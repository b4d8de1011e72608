package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.render.WatchRenderer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.map.MapRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code watch}: changes as they are committed. */
public final class WatchChanges implements Verb {
    /** How often a watch that has an end looks whether a mark has come. */
    private static final Duration MARKS = Duration.ofMillis(500);
    private static final Option ALL = Option.flag("--all-namespaces", "Maps of all namespaces")
            .or("-A");
    private static final Option FROM = Option.value("--from", "R",
            "The first change wanted has this revision; 0: what there is, then what changes; default: what changes from now on");
    private static final Option UNTIL = Option.value("--until", "R",
            "Ends when all up to this revision was seen; default: never");

    @Override
    public Help help() {
        return new Help("watch", "Shows changes as they are committed, one to a line",
                "[MAP] [-A] [--from R] [--until R]",
                List.of(Help.MAP,
                        "With -j each line is an object. Ends with Ctrl-C, or with --until."),
                "nestmap watch name routes --from 1");
    }

    @Override
    public List<Option> options() {
        return List.of(ALL, FROM, UNTIL);
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        Optional<MapRef> map = invocation.grammar().optionalMap("watch", invocation.words());
        OptionalLong from = revision(invocation, FROM);
        OptionalLong until = revision(invocation, UNTIL);
        NestmapClient client = invocation.client();
        long first = from.isPresent()
                ? from.getAsLong()
                : client.cluster().status().revision() + 1;
        if (until.isPresent() && Long.compareUnsigned(first, until.getAsLong()) > 0) {
            throw CommandFailedException.usage(
                    "watch: --until %s ends before the first change wanted, %s (%s)".formatted(
                            Long.toUnsignedString(until.getAsLong()), Long.toUnsignedString(first),
                            from.isPresent()
                                    ? "--from"
                                    : "the next one; --from 1 begins with the oldest that is held"));
        }
        Output output = invocation.output();
        WatchRenderer renderer = new WatchRenderer(output.style().json(),
                new StoredMaps(client));
        try (Watch watch = client.watch(what(invocation, map).withFromRevision(first))) {
            if (until.isPresent()) {
                // Where nothing that is watched changes any more, only a mark tells that all was seen.
                watch.requestProgress();
            }
            while (!client.isClosed() && !isSeen(watch.revision(), until)) {
                Optional<WatchEvent> event = watch.poll(MARKS);
                if (event.isPresent() && !isPast(event.get(), until)) {
                    output.printNow(renderer.event(event.get()));
                }
                if (output.closed()) {
                    return ExitCode.OUTPUT_CLOSED;
                }
            }
        }
        return ExitCode.OK;
    }

    private static boolean isSeen(long revision, OptionalLong until) {
        return until.isPresent() && Long.compareUnsigned(revision, until.getAsLong()) >= 0;
    }

    /** A snapshot and merged changes say what was before the end too. */
    private static boolean isPast(WatchEvent event, OptionalLong until) {
        return until.isPresent() && !event.snapshot() && !event.coalesced()
                && Long.compareUnsigned(event.revision(), until.getAsLong()) > 0;
    }

    private static WatchOptions what(Invocation invocation, Optional<MapRef> map)
            throws CommandFailedException {
        if (map.isPresent()) {
            return WatchOptions
                    .map(invocation.client().map(map.get()).describe().value().id());
        }
        return invocation.flag(ALL.name())
                ? WatchOptions.everything()
                : WatchOptions.namespace(invocation.settings().namespace());
    }

    private static OptionalLong revision(Invocation invocation, Option option)
            throws CommandFailedException {
        Optional<String> text = invocation.option(option.name());
        try {
            return text.isPresent()
                    ? OptionalLong.of(Long.parseUnsignedLong(text.get()))
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            throw CommandFailedException.usage("watch: %s %s: must be a number"
                    .formatted(option.name(), text.orElse("")));
        }
    }
}
