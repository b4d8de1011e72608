package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.grammar.MapGrammar.KeyOf;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import java.util.List;
import java.util.Optional;

/** {@code map lookup}. */
public final class MapLookup implements Verb {
    @Override
    public Help help() {
        return new Help("map lookup", "Shows one element",
                "MAP [key DATA | value DATA] [--node NODE... | --all-nodes [--sum]]",
                List.of(Help.MAP, Help.DATA, BloomQuestion.TERM, LiveTarget.TERM),
                "nestmap map lookup name routes key 1 0 0 0");
    }

    @Override
    public List<Option> options() {
        return LiveTarget.options();
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("lookup failed");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        if (BloomQuestion.isAsked(invocation)) {
            return BloomQuestion.answer(invocation, "map lookup");
        }
        KeyOf asked = invocation.grammar()
                .maybeKeyOf("map lookup",
                        TypedWords.asBytes(invocation, "map lookup"));
        Optional<LiveTarget> target = LiveTarget.of(invocation, help());
        if (target.isPresent()) {
            return new LiveAnswers(invocation, target.get()).lookup(asked.map(), asked.key());
        }
        MapHandle handle = invocation.client().map(asked.map());
        Output output = invocation.output();
        MapDescription map = handle.describe().value();
        try {
            Element found = new PerCpuValues(invocation.client(), map.spec())
                    .shown(new Element(asked.key(), handle.lookup(asked.key()).value()));
            MapRenderer renderer = TypedWords.types(map)
                    .map(output.maps()::typed)
                    .orElseGet(output::maps);
            output.print(map.spec().keySize() == 0
                    ? renderer.head(found.value())
                    : renderer.found(found, new StoredMaps(invocation.client())));
            return ExitCode.OK;
        } catch (NestmapException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            output.print(output.maps().notFound(asked.key()));
            return ExitCode.of(Errno.ENOENT);
        }
    }
}
