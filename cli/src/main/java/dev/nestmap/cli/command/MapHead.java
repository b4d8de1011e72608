package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.render.MapRenderer.Emptiness;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code map peek} and {@code map pop}: what a queue or stack gives next. */
public final class MapHead implements Verb {
    private final Help help;
    private final String complaint;
    private final Function<MapHandle, Answer<Value>> call;

    private MapHead(Help help, String complaint, Function<MapHandle, Answer<Value>> call) {
        this.help = help;
        this.complaint = complaint;
        this.call = call;
    }

    /** {@code map peek}. */
    public static Verb peek() {
        return new MapHead(new Help("map peek", "Shows what a queue or stack gives next",
                "MAP [value DATA]", List.of(Help.MAP, Help.DATA, BloomQuestion.TERM), "nestmap map peek name jobs"), "lookup failed",
                map -> map.lookup(Bytes.empty()));
    }

    /** {@code map pop}, and {@code map dequeue}, which is the same. */
    public static Verb pop() {
        return new MapHead(new Help("map pop", List.of("dequeue"),
                "Takes the next value out of a queue or stack", "MAP", List.of(Help.MAP),
                "nestmap map pop name jobs"), "pop failed",
                map -> map.lookupAndDelete(Bytes.empty()));
    }

    @Override
    public Help help() {
        return help;
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of(complaint);
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        if (help.path().equals("map peek") && BloomQuestion.isAsked(invocation)) {
            return BloomQuestion.answer(invocation, help.path());
        }
        MapHandle map = invocation.client()
                .map(invocation.grammar().map(help.path(), invocation.words()));
        Output output = invocation.output();
        try {
            output.print(output.maps().head(call.apply(map).value()));
            return ExitCode.OK;
        } catch (NestmapException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            // ENOENT is the errno of a missing map too; then this throws.
            map.describe();
            Emptiness nothing = output.maps().empty();
            output.print(nothing.answer());
            output.remark(nothing.complaint());
            return ExitCode.of(Errno.ENOENT);
        }
    }
}
