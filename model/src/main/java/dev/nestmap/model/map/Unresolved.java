package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Arrays;
import java.util.Optional;

/** What becomes of an element whose value names something that a node does not have, or has no more. */
public enum Unresolved {
    /** It stays as it is in the kernel: with the last value that could be worked out, or absent where there was none. */
    KEEP("keep"),
    /** It is taken out of the kernel's map until the name means something again. */
    EMPTY("empty");

    private final String word;

    Unresolved(String word) {
        this.word = word;
    }

    /** The word in commands, documents and answers. */
    public String word() {
        return word;
    }

    /** The one with that word; empty where there is none. */
    public static Optional<Unresolved> ofWord(String word) {
        return Arrays.stream(values()).filter(policy -> policy.word.equals(word)).findFirst();
    }

    /** Checks a definition: only maps that take node expressions can be told what to do with them. */
    public static Optional<Refusal> check(MapSpec spec) {
        return spec.unresolved() == KEEP || !MapRules.expressions(spec).isEmpty()
                ? Optional.empty()
                : Refusals.create(spec, Errno.EINVAL,
                        "unresolved empty says what becomes of node expressions, and %s takes none%s; leave it out"
                                .formatted(spec.type().one(), NumberValues.why(spec)));
    }
}
