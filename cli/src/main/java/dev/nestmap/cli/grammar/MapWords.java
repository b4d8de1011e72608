package dev.nestmap.cli.grammar;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** {@code MAP := id N | pinned PATH | name NAME} and {@code VALUE := DATA | MAP | ifindex NAME | cpus() | prog PATH | cgroup PATH | qsize N}. */
final class MapWords {
    private static final Pattern EXPRESSION = Pattern.compile("[a-z]+\\(");
    private static final String MAP = "MAP (id N, name NAME or pinned PATH)";

    private MapWords() {}

    static boolean isNext(Words words) {
        return words.isNext("id") || words.isNext("name") || words.isNext("pinned");
    }

    static MapRef take(Words words, String namespace) throws GrammarException {
        if (words.accept("id")) {
            return new MapRef.ById(Numbers.take(words, "a map id", 64));
        }
        if (words.accept("name")) {
            return new MapRef.ByName(namespace, words.take("the map's name"));
        }
        if (words.accept("pinned")) {
            String path = words.take("the pin's path");
            if (!path.startsWith("/")) {
                throw words.wrong("is no absolute path");
            }
            return new MapRef.ByPin(path);
        }
        throw words.expected(MAP);
    }

    static Value takeValue(Words words, String namespace) throws GrammarException {
        if (isNext(words)) {
            return new Value.Slot(take(words, namespace));
        }
        List<NodeExpression.Term> terms = new ArrayList<>();
        while (takeTerm(words, terms)) {
            // Each term says which part of the value it is.
        }
        if (!terms.isEmpty()) {
            return expression(words, new NodeExpression(terms).toString());
        }
        if (EXPRESSION.matcher(words.peek()).lookingAt()) {
            return expression(words, words.take("a node expression"));
        }
        if (words.atEnd()) {
            throw words.expected(
                    "the value: bytes, MAP, ifindex NAME, cpus(), prog PATH or cgroup PATH");
        }
        return new Value.Data(DataWords.take(words, "value"));
    }

    private static boolean takeTerm(Words words, List<NodeExpression.Term> terms)
            throws GrammarException {
        if (words.accept("ifindex")) {
            terms.add(new NodeExpression.Ifindex(
                    words.take("the name of a network interface")));
        } else if (words.accept("cpus()")) {
            terms.add(new NodeExpression.PossibleCpus());
        } else if (words.accept("prog")) {
            terms.add(new NodeExpression.Program(words.take("the path of a program's pin")));
        } else if (words.accept("cgroup")) {
            terms.add(new NodeExpression.Cgroup(words.take("the path of a cgroup-v2 directory")));
        } else if (words.accept("qsize")) {
            terms.add(new NodeExpression.QueueSize(
                    (int) Numbers.take(words, "the queue size in packets", 31)));
        } else {
            return false;
        }
        return true;
    }

    private static Value expression(Words words, String text) throws GrammarException {
        NodeExpression expression = NodeExpression.parse(text)
                .orElseThrow(() -> words.wrong(
                        "is nothing that a node can work out: write ifindex NAME with a name of up to 15 characters, "
                                + "cpus(), prog PATH, cgroup PATH or qsize N, or all of it in one word: 'ifindex(\"NAME\")'"));
        return new Value.Expression(expression.toString());
    }
}
