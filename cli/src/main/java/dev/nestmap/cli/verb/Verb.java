package dev.nestmap.cli.verb;

import dev.nestmap.cli.grammar.GrammarException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One thing that the command line can be asked to do. Holds nothing between runs. */
public interface Verb {
    /** How it is written and what it is for. */
    Help help();

    /** Options of its own, besides those of every verb. */
    default List<Option> options() {
        return List.of();
    }

    /** What the verb can print besides bpftool's JSON. */
    default Set<Format.Name> formats() {
        return Format.ORDINARY;
    }

    /** What bpftool says in front of the errno where the kernel refuses this; empty: bpftool has no such verb. */
    default Optional<String> bpftoolComplaint() {
        return Optional.empty();
    }

    /**
     * Does it.
     *
     * @return the exit code, see {@link ExitCode}
     * @throws dev.nestmap.client.NestmapException where the store refuses or cannot be reached
     */
    int run(Invocation invocation)
            throws GrammarException, CommandFailedException, InterruptedException;
}
