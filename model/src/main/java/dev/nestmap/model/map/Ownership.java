package dev.nestmap.model.map;

import java.util.Arrays;
import java.util.Optional;

/** Who may write the elements of a map in a node's kernel. Each type has a default, and its definition can say another. */
public enum Ownership {
    /** The agent alone: what the store does not want is removed. */
    EXCLUSIVE("exclusive"),
    /** The agent writes what the store wants, removes what it wrote before, and lets everything else be. */
    SHARED("shared"),
    /** The agent writes once, when it creates the map; from then on programs own the contents. */
    SEED("seed"),
    /** Nobody but programs and processes of the node: the store holds no contents. */
    OBSERVED("observed");

    private final String word;

    Ownership(String word) {
        this.word = word;
    }

    /** The word in commands, documents and answers. */
    public String word() {
        return word;
    }

    /** The one with that word; empty where there is none. */
    public static Optional<Ownership> ofWord(String word) {
        return Arrays.stream(values()).filter(owner -> owner.word.equals(word)).findFirst();
    }
}
