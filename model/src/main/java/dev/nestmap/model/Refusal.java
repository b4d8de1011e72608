package dev.nestmap.model;

/**
 * Why something was not done. Nothing has changed where this is the answer.
 *
 * @param errno what bpf(2) itself would give
 * @param rule a sentence: what was being done, which rule was broken, and the way out; cut where it quotes something long,
 * because refusals are remembered and travel in headers
 */
public record Refusal(Errno errno, String rule) {
    private static final int RULE_LIMIT = 1024;

    /** Cuts the rule. */
    public Refusal {
        if (rule.length() > RULE_LIMIT) {
            rule = rule.substring(0, RULE_LIMIT - 1) + "\u2026";
        }
    }

    /** The rule followed by the errno in parentheses. */
    @Override
    public String toString() {
        return rule + " (" + errno + ")";
    }
}
