package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.Answer;
import dev.nestmap.client.AppliedNodes;
import dev.nestmap.client.AppliedNodes.Laggard;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code wait}, in kubectl's form. */
public final class WaitApplied implements Verb {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    @Override
    public Help help() {
        return new Help("wait",
                "Waits until the kernels of all nodes hold the maps that are placed on them; names those that do not, and why",
                "[maps | map NAME...] [--for=applied] [--timeout 60s]",
                List.of("Without a name: all maps of the namespace, as they are when the command is given."),
                "nestmap wait --for=applied --timeout 10s");
    }

    @Override
    public List<Option> options() {
        return List.of(
                Option.value("--for", "STATE", "What to wait for; applied is all there is"));
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        String state = invocation.option("--for").orElse("applied");
        if (!state.equals("applied")) {
            throw CommandFailedException
                    .usage("wait: --for=%s: only applied can be waited for".formatted(state));
        }
        NestmapClient client = invocation.client();
        Answer<List<MapDescription>> asked = maps(invocation, client);
        AppliedNodes nodes = waitFor(client, asked.value(), asked.revision(),
                invocation.settings().timeout().orElse(PATIENCE));
        Output output = invocation.output();
        output.print(output.fleet().applied(nodes));
        return nodes.complete() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Answer<List<MapDescription>> maps(Invocation invocation, NestmapClient client)
            throws CommandFailedException {
        List<String> words = invocation.words();
        String kind = words.isEmpty() ? "maps" : words.getFirst();
        if (!kind.equals("maps") && !kind.equals("map")) {
            throw CommandFailedException.usage(
                    "wait: expected maps or map NAME..., got \"%s\"".formatted(kind));
        }
        List<String> names = words.isEmpty() ? List.of() : words.subList(1, words.size());
        if (names.isEmpty() && kind.equals("map")) {
            throw CommandFailedException.usage("wait map: expected the name of a map");
        }
        if (names.isEmpty()) {
            return client.maps().list(invocation.settings().namespace());
        }
        List<MapDescription> named = new ArrayList<>();
        Answer<MapDescription> newest = client.map(names.getFirst()).describe();
        named.add(newest.value());
        for (String name : names.subList(1, names.size())) {
            newest = client.map(name).describe();
            named.add(newest.value());
        }
        return new Answer<>(named, newest.origin());
    }

    /** What is not there when the time is over is asked once more, so that all that is missing is named. */
    private static AppliedNodes waitFor(NestmapClient client, List<MapDescription> maps,
            long revision, Duration patience) throws CommandFailedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        SortedSet<String> applied = new TreeSet<>();
        SortedMap<String, Laggard> missing = new TreeMap<>();
        for (MapDescription map : maps) {
            Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
            waitFor(client, map, revision, left.compareTo(AT_ONCE) < 0 ? AT_ONCE : left)
                    .ifPresent(nodes -> {
                        applied.addAll(nodes.applied());
                        nodes.missing()
                                .forEach(laggard -> missing.putIfAbsent(laggard.node(),
                                        new Laggard(laggard.node(), laggard.appliedRevision(),
                                                "map \"%s\": %s".formatted(map.spec().name(),
                                                        laggard.reason()))));
                    });
        }
        if (applied.isEmpty() && missing.isEmpty()) {
            throw CommandFailedException.failed(
                    "wait: no node that follows wants any of these maps; start an agent, or change labels or placement");
        }
        applied.removeAll(missing.keySet());
        return new AppliedNodes(revision, List.copyOf(applied), List.copyOf(missing.values()));
    }

    /** Empty where no node wants the map, or it is gone by now: then there is nothing to wait for. */
    private static Optional<AppliedNodes> waitFor(NestmapClient client, MapDescription map,
            long revision, Duration patience) {
        try {
            return Optional.of(client.nodes()
                    .waitApplied(new MapRef.ById(map.id()), revision, patience)
                    .value());
        } catch (NestmapException e) {
            if (e.kind() == NestmapException.Kind.NO_NODE
                    || e.errno().equals(Optional.of(Errno.ENOENT))) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
