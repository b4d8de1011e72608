package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.NestmapException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code node label}, in kubectl's form. */
public final class NodeLabel implements Verb {
    @Override
    public Help help() {
        return new Help("node label",
                "Sets and removes labels of a host; they win over the agent's own",
                "NAME KEY=VALUE... KEY-...", List.of("KEY- removes the label KEY"),
                "nestmap node label lb-1 role=lb drained-");
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        List<String> words = invocation.words();
        if (words.size() < 2) {
            throw CommandFailedException
                    .usage("node label: expected the name of a node, then KEY=VALUE or KEY-");
        }
        Map<String, String> set = new TreeMap<>();
        List<String> remove = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                set.put(word.substring(0, equals), word.substring(equals + 1));
            } else if (equals < 0 && word.length() > 1 && word.endsWith("-")) {
                remove.add(word.substring(0, word.length() - 1));
            } else {
                throw CommandFailedException
                        .usage("node label: expected KEY=VALUE or KEY-, got \"%s\""
                                .formatted(word));
            }
        }
        for (String key : remove) {
            if (set.containsKey(key)) {
                throw CommandFailedException
                        .usage("node label: \"%s\" is both set and removed".formatted(key));
            }
        }
        long revision = invocation.client()
                .nodes()
                .setLabels(words.getFirst(), set, remove)
                .revision();
        Output output = invocation.output();
        output.print(output.maps().changed(revision));
        if (!isSeen(invocation, words.getFirst())) {
            output.remark("no agent of the name \"%s\" was seen yet; it has these labels when it comes (nestmap node list)\n"
                    .formatted(words.getFirst()));
        }
        return ExitCode.OK;
    }

    private static boolean isSeen(Invocation invocation, String name)
            throws CommandFailedException {
        try {
            return invocation.client().nodes().get(name).value().facts() != null;
        } catch (NestmapException e) {
            // The labels are written, whatever becomes of the question.
            return e.errno().isEmpty();
        }
    }
}
