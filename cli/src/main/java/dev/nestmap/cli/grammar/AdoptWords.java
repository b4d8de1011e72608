package dev.nestmap.cli.grammar;

import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.Placement;
import java.util.List;
import java.util.Optional;

/**
 * {@code pinned PATH [name NAME] [placement SELECTOR|all] [ownership WORD]}.
 *
 * @param path absolute
 * @param name empty: that of the pin's file
 * @param placement empty: the node where it is pinned
 * @param ownership empty: as it is told by what is taken over
 */
public record AdoptWords(
        String path,
        Optional<String> name,
        Optional<Placement> placement,
        Optional<Ownership> ownership) {

    static AdoptWords parse(List<String> line) throws GrammarException {
        Words words = new Words("map adopt", line);
        words.expect("pinned");
        String path = words.take("the pin's path");
        if (!path.startsWith("/")) {
            throw words.wrong("is no absolute path");
        }
        Optional<String> name = Optional.empty();
        Optional<Placement> placement = Optional.empty();
        Optional<Ownership> ownership = Optional.empty();
        while (!words.atEnd()) {
            if (name.isEmpty() && words.accept("name")) {
                name = Optional.of(words.take("the map's name in the store"));
            } else if (placement.isEmpty() && words.accept("placement")) {
                placement = Optional.of(placement(words));
            } else if (ownership.isEmpty() && words.accept("ownership")) {
                String word = words.take("exclusive, shared, seed or observed");
                ownership = Optional.of(Ownership.ofWord(word)
                        .orElseThrow(() -> words.wrong(
                                "is no ownership: expected exclusive, shared, seed or observed")));
            } else {
                throw words.expected(
                        "name NAME, placement SELECTOR, ownership WORD, each once, or nothing more");
            }
        }
        return new AdoptWords(path, name, placement, ownership);
    }

    private static Placement placement(Words words) throws GrammarException {
        String text = words.take("a label selector or \"all\"");
        if (text.equals("all")) {
            return Placement.everywhere();
        }
        return switch (LabelSelector.parse(text)) {
            case Outcome.Done<LabelSelector>(LabelSelector selector) ->
                new Placement.OnNodes(selector);
            case Outcome.Refused<LabelSelector>(Refusal refusal) ->
                throw words.wrong("is no placement: " + refusal.rule());
        };
    }
}
