package dev.nestmap.model.map;

import java.util.Arrays;
import java.util.Optional;

/** How new contents reach the maps in the slots of an outer map. */
public enum Publish {
    /** Element by element, into the very map that programs look into. */
    IN_PLACE("in_place"),
    /** Into a new map aside, which then takes the slots of the former one: a program sees either all of it or none. */
    SEALED("sealed");

    private final String word;

    Publish(String word) {
        this.word = word;
    }

    /** The word in commands, documents and answers. */
    public String word() {
        return word;
    }

    /** The one with that word; empty where there is none. */
    public static Optional<Publish> ofWord(String word) {
        return Arrays.stream(values()).filter(publish -> publish.word.equals(word)).findFirst();
    }
}
