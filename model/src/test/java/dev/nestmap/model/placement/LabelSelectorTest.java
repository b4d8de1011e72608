package dev.nestmap.model.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {
    private static LabelSelector parse(String text) {
        return switch (LabelSelector.parse(text)) {
            case Outcome.Done<LabelSelector>(LabelSelector selector) -> selector;
            case Outcome.Refused<LabelSelector>(var refusal) ->
                throw new AssertionError(refusal.toString());
        };
    }

    private static boolean matches(String text, Map<String, String> labels) {
        return parse(text).matches(labels);
    }

    @Test
    void nothingMatchesEveryNode() {
        assertTrue(matches("", Map.of()));
    }

    @Test
    void equalityWantsTheLabelAndInequalityDoesNot() {
        assertTrue(matches("role=lb", Map.of("role", "lb")));
        assertTrue(matches("role==lb", Map.of("role", "lb")));
        assertFalse(matches("role=lb", Map.of()));
        assertTrue(matches("role!=lb", Map.of()));
        assertFalse(matches("role!=lb", Map.of("role", "lb")));
    }

    @Test
    void setsAreJoinedByAnd() {
        String text = "zone in (a, b),role notin (db),edge,!drained";
        assertTrue(matches(text, Map.of("zone", "b", "edge", "")));
        assertFalse(matches(text, Map.of("zone", "c", "edge", "")));
        assertFalse(matches(text, Map.of("zone", "a", "edge", "", "role", "db")));
        assertFalse(matches(text, Map.of("zone", "a")));
        assertFalse(matches(text, Map.of("zone", "a", "edge", "", "drained", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"role=lb", "role!=lb", "zone in (a,b)", "zone notin (a,b)", "edge",
            "!edge", "a=b,c,!d",
            "example.com/role=lb"})
    void theTextFormIsReadBackAsTheSame(String text) {
        assertEquals(text, parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"=lb", "role in", "role in ()x", "a,,b", "role=a b", "-role=x",
            "role=" + "-"})
    void whatIsNoSelectorIsRefused(String text) {
        var refused = assertInstanceOf(Outcome.Refused.class, LabelSelector.parse(text));
        assertEquals(Errno.EINVAL, refused.refusal().errno());
    }
}
