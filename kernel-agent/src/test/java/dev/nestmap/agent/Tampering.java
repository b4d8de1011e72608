package dev.nestmap.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.kernel.KernelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Does things to maps, and looks what an agent says of them and does to them. */
final class Tampering {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    interface Act {
        void run() throws KernelException;
    }

    interface Question {
        boolean ask() throws KernelException;
    }

    private final NestmapAgent agent;
    private final List<String> lines = new ArrayList<>();

    Tampering(NestmapAgent agent) {
        this.agent = agent;
    }

    private Optional<Drift> drift(long map, String key, long from) {
        return agent.status()
                .drift()
                .drifts()
                .stream()
                .filter(drift -> drift.mapId() == map && drift.key().equals(key)
                        && drift.lastSeen().toEpochMilli() >= from)
                .findFirst();
    }

    private Drift seen(String what, long map, String key, DriftKind kind, long from)
            throws Exception {
        await(() -> drift(map, key, from).isPresent(), () -> what + " of map " + map + " at "
                + key + ", known is " + agent.status().drift());
        Drift drift = drift(map, key, from).orElseThrow();
        assertEquals(kind, drift.kind(), drift.toString());
        return drift;
    }

    void mended(String what, long map, String key, DriftKind kind, Act act, Question right)
            throws Exception {
        long from = System.currentTimeMillis();
        act.run();
        Drift found = seen(what, map, key, kind, from);
        await(() -> drift(map, key, from).orElseThrow().state() == State.MENDED);
        Drift drift = drift(map, key, from).orElseThrow();
        assertTrue(right.ask(), what + ": is not mended: " + drift);
        told(what, found, from, "mended after %d ms".formatted(
                drift.mended().orElseThrow().toEpochMilli() - from));
    }

    void told(String what, long map, String key, DriftKind kind, Act act) throws Exception {
        long from = System.currentTimeMillis();
        act.run();
        told(what, seen(what, map, key, kind, from), from, "nothing to mend");
    }

    void left(String what, long map, String key, DriftKind kind, Act act, Question untouched,
            Act undo) throws Exception {
        long from = System.currentTimeMillis();
        act.run();
        Drift found = seen(what, map, key, kind, from);
        await(() -> drift(map, key, from).orElseThrow().state() == State.LEFT);
        await(() -> agent.status()
                .conditions()
                .stream()
                .anyMatch(condition -> condition.mapId() == map));
        assertTrue(untouched.ask(), what);
        told(what, found, from, "left, as a condition");
        undo.run();
        await(() -> agent.status().conditions().isEmpty());
    }

    void leftAlone(String what, long map, Act act, Question untouched) throws Exception {
        act.run();
        long passes = agent.status().drift().totals().passes();
        await(() -> agent.status().drift().totals().passes() >= passes + 2);
        assertTrue(untouched.ask(), what);
        assertTrue(agent.status()
                .drift()
                .drifts()
                .stream()
                .noneMatch(drift -> drift.mapId() == map && drift.isOpen()), what);
        line(what, "left alone: it is not the agent's");
    }

    private void told(String what, Drift drift, long from, String then) {
        long millis = drift.lastSeen().toEpochMilli() - from;
        line(what, "found after %d ms, %s: expected %s, found %s; %s".formatted(millis,
                drift.key(), drift.expected(), drift.found(), then));
        if (Boolean.getBoolean("nestmap.strict")) {
            assertTrue(millis <= 2000, what + ": found after " + millis + " ms");
        }
    }

    /** Says what came of one kind. */
    void line(String what, String then) {
        lines.add("%2d. %s: %s".formatted(lines.size() + 1, what, then));
    }

    /** What came of all kinds so far. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        await(condition, () -> "it did not come to that");
    }

    private static void await(BooleanSupplier condition,
            Supplier<String> words) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(deadline - System.nanoTime() > 0, () -> words.get());
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
