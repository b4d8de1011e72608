package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;

/** {@code MAP value DATA}: whether a Bloom filter has a value, which takes the place of the key that it has not. */
final class BloomQuestion {
    static final String TERM = "value DATA: whether a bloom_filter has this value; 254 where it has not";
    private static final int MAP_WORDS = 2;

    private BloomQuestion() {}

    static boolean isAsked(Invocation invocation) {
        return invocation.words().size() > MAP_WORDS
                && invocation.words().get(MAP_WORDS).equals("value");
    }

    static int answer(Invocation invocation, String verb)
            throws GrammarException, CommandFailedException {
        Command.Update asked = invocation.grammar()
                .push(verb, TypedWords.asBytes(invocation, verb));
        if (!(asked.value() instanceof Value.Data(Bytes value))) {
            throw CommandFailedException.usage(verb + ": a bloom_filter is asked about bytes");
        }
        MapHandle map = invocation.client().map(asked.map());
        Output output = invocation.output();
        try {
            output.print(output.maps().head(map.lookupValue(value).value()));
            return ExitCode.OK;
        } catch (NestmapException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            // ENOENT is the errno of a missing map too; then this throws.
            map.describe();
            output.print(output.style().json().isPresent()
                    ? output.maps().notFound(value)
                    : "Not found\n");
            return ExitCode.of(Errno.ENOENT);
        }
    }
}
