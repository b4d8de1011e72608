package dev.nestmap.cli.command;

import dev.nestmap.cli.render.LiveRenderer;
import dev.nestmap.cli.render.LiveRenderer.Summed;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Style;
import dev.nestmap.client.Answer;
import dev.nestmap.client.LivePart;
import dev.nestmap.client.LiveQuery;
import dev.nestmap.client.LiveQuery.Question;
import dev.nestmap.client.LiveRead;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shows what is in kernels: of one node as the store's contents are shown, of several by node, or as a sum. One thread uses it, once. */
final class LiveAnswers {
    private final NestmapClient client;
    private final Output output;
    private final LiveTarget target;
    private final LiveRenderer live;
    private final List<String> answered = new ArrayList<>();
    private final List<LivePart.Failed> failed = new ArrayList<>();

    LiveAnswers(Invocation invocation, LiveTarget target) throws CommandFailedException {
        this.client = invocation.client();
        this.output = invocation.output();
        this.target = target;
        this.live = output.style().live();
    }

    /** {@code map count}. */
    int count(MapRef map) {
        try (LiveRead read = ask(map, new Question.Count())) {
            long sum = 0;
            boolean each = !target.sum() && !target.isOneNode();
            output.print(each ? live.beginNodes() : "");
            while (read.hasNext()) {
                switch (read.next()) {
                    case LivePart.Complete(String node, long count, int _, long _) -> {
                        answered.add(node);
                        sum += count;
                        output.print(each ? live.counted(node, count) : "");
                    }
                    case LivePart.Failed failure -> failed(failure, each);
                    case LivePart.Elements _,LivePart.Pinned _ -> {
                        // None was asked for.
                    }
                }
            }
            if (each) {
                output.print(live.endNodes());
            } else {
                output.print(target.sum() ? live.sum(sum, summed()) : live.count(sum));
            }
            return end();
        }
    }

    /** {@code map lookup}. */
    int lookup(MapRef map, Bytes key) throws CommandFailedException {
        try (LiveRead read = ask(map, new Question.Lookup(key))) {
            MapDescription described = read.description().value();
            if (target.sum()) {
                return sum(read, described);
            }
            boolean each = !target.isOneNode();
            MapRenderer renderer = renderer(described,
                    each ? output.style().inside(LiveRenderer.BRACKETS) : output.style());
            int exitCode = ExitCode.OK;
            output.print(each ? live.beginNodes() : "");
            Map<String, Element> found = new HashMap<>();
            while (read.hasNext()) {
                switch (read.next()) {
                    case LivePart.Elements(String node, List<Element> elements) ->
                        found.put(node, elements.getFirst());
                    case LivePart.Complete(String node, long _, int _, long _) -> {
                        output.print(each ? live.beginNode(node) : "");
                        Element element = found.remove(node);
                        if (element == null) {
                            exitCode = ExitCode.of(Errno.ENOENT);
                            notFound(renderer, described, key);
                        } else {
                            output.print(described.spec().keySize() == 0
                                    ? renderer.head(element.value())
                                    : renderer.found(element, new StoredMaps(client)));
                        }
                        output.print(each ? live.endNode() : "");
                    }
                    case LivePart.Failed failure -> failed(failure, each);
                    case LivePart.Pinned _ -> {
                        // No pin was asked about.
                    }
                }
            }
            output.print(each ? live.endNodes() : "");
            return each || !failed.isEmpty() ? end() : exitCode;
        }
    }

    private void notFound(MapRenderer renderer, MapDescription map, Bytes key) {
        if (map.spec().keySize() == 0) {
            output.print(renderer.empty().answer());
            output.remark(renderer.empty().complaint());
        } else {
            output.print(renderer.notFound(key));
        }
    }

    /** {@code map dump}. */
    int dump(MapRef map, boolean recursive) throws CommandFailedException {
        try (LiveRead read = ask(map, new Question.Dump())) {
            MapDescription described = read.description().value();
            if (target.sum()) {
                return sum(read, described);
            }
            if (target.isOneNode()) {
                return print(new NodeElements(read), described, output, target.nodes().getFirst(),
                        recursive);
            }
            // The parts of several nodes come mixed.
            Map<String, List<Element>> elements = new HashMap<>();
            Output inside = output.in(output.style().inside(LiveRenderer.BRACKETS));
            output.print(live.beginNodes());
            while (read.hasNext()) {
                switch (read.next()) {
                    case LivePart.Elements(String node, List<Element> some) ->
                        elements.computeIfAbsent(node, _ -> new ArrayList<>()).addAll(some);
                    case LivePart.Complete(String node, long _, int _, long _) -> {
                        output.print(live.beginNode(node));
                        List<Element> all = elements.remove(node);
                        int exitCode = print(all == null ? List.of() : all, described, inside,
                                node, recursive);
                        if (exitCode != ExitCode.OK) {
                            return exitCode;
                        }
                        output.print(live.endNode());
                    }
                    case LivePart.Failed failure -> {
                        elements.remove(failure.node());
                        failed(failure, true);
                    }
                    case LivePart.Pinned _ -> {
                        // No pin was asked about.
                    }
                }
            }
            output.print(live.endNodes());
            return end();
        }
    }

    private int print(Iterable<Element> elements, MapDescription map, Output to, String node,
            boolean recursive) throws CommandFailedException {
        return recursive && map.spec().type().isOuter()
                ? new DumpPrinter(client, map.spec(), to, to.maps()).runWithInnerMaps(elements,
                        inner -> inside(inner, node))
                : new DumpPrinter(client, map.spec(), to, renderer(map, to.style())).run(elements);
    }

    /** What a map in a slot holds on the same node, a moment later. */
    private List<Element> inside(Answer<MapDescription> inner, String node) {
        try (LiveRead read = client.nodes()
                .readLive(LiveQuery.of(inner.value().ref(), new Question.Dump())
                        .at(node)
                        .within(target.within()))) {
            List<Element> elements = new ArrayList<>();
            new NodeElements(read).forEach(elements::add);
            return elements;
        }
    }

    private int sum(LiveRead read, MapDescription map) throws CommandFailedException {
        Sums sums = Sums.of(map)
                .orElseThrow(() -> CommandFailedException.refused(
                        "--sum: nothing says which numbers are in the %d bytes of the values of map \"%s\": it adds integers of 1, 2, 4 or 8 bytes, and fields of maps with BTF (see nestmap import)"
                                .formatted(map.spec().valueSize(), map.spec().name()),
                        Errno.EINVAL));
        while (read.hasNext()) {
            switch (read.next()) {
                case LivePart.Elements(String _, List<Element> some) -> some.forEach(sums::add);
                case LivePart.Complete(String node, long _, int _, long _) -> answered.add(node);
                case LivePart.Failed failure -> failed(failure, true);
                case LivePart.Pinned _ -> {
                    // No pin was asked about.
                }
            }
        }
        output.print(live.sums(sums.all(), TypedWords.types(map), summed()));
        return end();
    }

    private LiveRead ask(MapRef map, Question question) {
        return client.nodes().readLive(target.query(map, question));
    }

    private static MapRenderer renderer(MapDescription map, Style style) {
        return TypedWords.types(map).map(style.maps()::typed).orElseGet(style::maps);
    }

    private Summed summed() {
        return new Summed(answered.stream().sorted().toList(), failed);
    }

    /** One node's failure is the verb's where no other was asked. */
    private void failed(LivePart.Failed failure, boolean amongOthers) {
        if (!amongOthers && !target.sum()) {
            throw NodeElements.exception(failure);
        }
        failed.add(failure);
        output.print(target.sum() ? "" : live.failed(failure));
    }

    private int end() {
        if (output.style() instanceof Style.Text) {
            failed.forEach(failure -> output.complain(CommandFailedException.failed(
                    String.valueOf(NodeElements.exception(failure).getMessage()))));
        }
        return failed.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
}
