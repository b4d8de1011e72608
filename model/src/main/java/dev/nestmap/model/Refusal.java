package dev.nestmap.model;

/**
 * Why something was not done. Nothing has changed where this is the answer.
 *
 * @param errno what bpf(2) itself would give
 * @param rule a sentence: what was being done, which rule was broken, and the way out
 */
public record Refusal(Errno errno, String rule) {
    /** The rule followed by the errno in parentheses. */
    @Override
    public String toString() {
        return rule + " (" + errno + ")";
    }
}
