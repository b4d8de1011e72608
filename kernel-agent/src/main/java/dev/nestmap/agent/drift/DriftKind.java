package dev.nestmap.agent.drift;

/** In what a kernel differs from what was applied. */
public enum DriftKind {
    /** An element or a slot has another value, is gone, or is there though nobody wanted it. */
    CONTENTS("contents"),
    /** A pin leads to another map or to none, or a program holds another map than the one that is written. */
    IDENTITY("identity"),
    /** A pin leads to a map of another definition. */
    DEFINITION("definition");

    private final String word;

    DriftKind(String word) {
        this.word = word;
    }

    /** The word for people and metrics. */
    public String word() {
        return word;
    }
}
