package dev.nestmap.cli.grammar;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;

/** {@code MAP := id N | pinned PATH | name NAME} and {@code VALUE := DATA | MAP | ifindex NAME}. */
final class MapWords {
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
        if (words.accept("ifindex")) {
            String name = words.take("the name of a network interface");
            return expression(words,
                    NodeExpression.of(new NodeExpression.Ifindex(name)).toString());
        }
        if (words.peek().startsWith("ifindex(")) {
            return expression(words, words.take("a node expression"));
        }
        if (words.atEnd()) {
            throw words.expected("the value: bytes, MAP or ifindex NAME");
        }
        return new Value.Data(DataWords.take(words, "value"));
    }

    private static Value expression(Words words, String text) throws GrammarException {
        NodeExpression expression = NodeExpression.parse(text)
                .orElseThrow(() -> words.wrong(
                        "is no interface of a node: write ifindex NAME or 'ifindex(\"NAME\")' with a name "
                                + "of up to 15 characters"));
        return new Value.Expression(expression.toString());
    }
}
