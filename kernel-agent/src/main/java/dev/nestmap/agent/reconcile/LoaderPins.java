package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.reconcile.HeldPins.Pin;
import dev.nestmap.agent.reconcile.Holding.Held;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says what becomes of a map that somebody else made where its pin is not as it was: whoever made it may exchange it, and take its pin
 * away, as loaders do that are upgraded. For one thread.
 */
final class LoaderPins {
    /** Loaders pin one map after the other: where somebody is about to, all are waited for, so that slots and maps are taken up together. */
    private static final long SETTLE_MILLIS = 250;

    private final InstantSource clock;
    private final List<Replacement> replaced = new ArrayList<>();
    /** True where one of them was pinned a moment ago. */
    private boolean settling;

    private record Replacement(Pin pin, String expected, String found) {}

    LoaderPins(InstantSource clock) {
        this.clock = clock;
    }

    /** Nothing is there. */
    void absent(Pin pin, Held held, Findings findings) {
        findings.left(held, DriftKind.IDENTITY, new Subject.Pin(pin.path()), expected(pin),
                Expected.NOTHING,
                "whoever made the map removed its pin, so the agent does not set it again: it goes on with this map, and takes up the next one that is pinned there; started anew, it would make one of its own");
    }

    /** Something is there, but no map. */
    void noMap(Pin pin, Held held, String found, Findings findings) {
        findings.left(held, DriftKind.IDENTITY, new Subject.Pin(pin.path()), expected(pin), found,
                "the agent goes on with the map that was pinned there, and takes up the next one that is");
    }

    /** A map with another definition is there. */
    void differs(Pin pin, Held held, String found, String difference, Findings findings) {
        findings.left(held, DriftKind.DEFINITION, new Subject.Pin(pin.path()), expected(pin),
                "%s, which %s".formatted(found, difference),
                "the agent does nothing to that map, and goes on with the one that was pinned there before: pin one as the store has it, or have it exchanged (nestmap map adopt pinned %s --node NODE --on-mismatch migrate), or change the definition in the store"
                        .formatted(pin.path()));
    }

    /** Another map of the same definition is there. */
    void replaced(Pin pin, Optional<FileStamp> stamp, String found) {
        settling |= stamp
                .filter(seen -> Math.abs(clock.millis() - seen.changedMillis()) < SETTLE_MILLIS)
                .isPresent();
        replaced.add(new Replacement(pin, expected(pin), found));
    }

    /** At the end of a round: gives up the maps that were exchanged. Gives the directories that are to be looked at again instead. */
    Set<Path> follow(Findings findings) {
        Set<Path> again = new LinkedHashSet<>();
        for (Replacement each : replaced) {
            Held held = findings.actual().held(each.pin().mapId());
            if (settling) {
                again.add(each.pin().directory());
            } else if (held != null && held.kernelId() == each.pin().kernelId()) {
                findings.replaced(held, new Subject.Pin(each.pin().path()), each.expected(),
                        each.found());
            }
        }
        replaced.clear();
        settling = false;
        return again;
    }

    private static String expected(Pin pin) {
        return "kernel id %d".formatted(pin.kernelId());
    }
}
