package dev.nestmap.agent.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.reconcile.Condition;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.proto.v1.Report;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class MessagesTest {
    private static final int LIMIT_BYTES = 1 << 20;

    private static Report report(int failedMaps) {
        List<Condition> conditions = LongStream.range(0, failedMaps)
                .mapToObj(id -> new Condition(id, "default", "map_" + id, 0, 12,
                        "create: " + "no memory ".repeat(40), true))
                .toList();
        return Messages.report(7, Progress.of(7, conditions), Duration.ZERO);
    }

    @Test
    void fewConditionsAreToldAtLength() {
        Report report = report(500);
        assertEquals(7, report.getAppliedRevision());
        assertEquals(408, report.getConditions(499).getMessage().length());
    }

    @Test
    void manyConditionsAreToldInShort() {
        Report report = report(5_000);
        assertTrue(report.getSerializedSize() < LIMIT_BYTES, "" + report.getSerializedSize());
        assertEquals(5_000, report.getConditionsCount());
        assertEquals(7, report.getAppliedRevision());
        assertTrue(report.getConditions(4_999).getMessage().endsWith("..."));
    }

    @Test
    void whereNotAllCanBeToldNothingCountsAsApplied() {
        Report report = report(50_000);
        assertTrue(report.getSerializedSize() < LIMIT_BYTES, "" + report.getSerializedSize());
        assertEquals(0, report.getAppliedRevision());
        assertTrue(report.getConditionsCount() > 5_000);
    }
}
