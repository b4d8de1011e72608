package dev.nestmap.agent.drift;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that others changed. Times are those of this host's clock.
 *
 * @param mapId the store's id of the map
 * @param key the element's key in hexadecimal, or the pin or program that it is about; for people
 * @param expected what was applied; for people
 * @param found what was there when it was last looked at; for people
 * @param firstSeen when it was first found
 * @param lastSeen when it was last found
 * @param times how often it was found: more than once where it came back after it was mended
 * @param state how it stands
 * @param note what is in the way of mending it, or when it will be tried; may be empty
 * @param mended when it was last mended; empty: never
 */
public record Drift(
        long mapId,
        String namespace,
        String name,
        DriftKind kind,
        String key,
        String expected,
        String found,
        Instant firstSeen,
        Instant lastSeen,
        long times,
        State state,
        String note,
        Optional<Instant> mended) {
    /** How a drift stands. */
    public enum State {
        /** Being mended. */
        FOUND,
        /** To be mended later: it came back too often. */
        HELD_BACK,
        /** Not the agent's to mend. */
        LEFT,
        /** As it should be. */
        MENDED
    }

    /** True where the map is still not as it should be. */
    public boolean isOpen() {
        return state != State.MENDED;
    }

    Drift again(Finding finding, Instant now) {
        return new Drift(mapId, namespace, name, finding.kind(), key, finding.expected(),
                finding.found(), firstSeen, now, times + 1, state(finding), finding.note(), mended);
    }

    Drift to(State newState, String newNote) {
        return new Drift(mapId, namespace, name, kind, key, expected, found, firstSeen, lastSeen,
                times, newState, newNote, mended);
    }

    Drift mendedAt(Instant now, String how) {
        return new Drift(mapId, namespace, name, kind, key, expected, found, firstSeen, lastSeen,
                times, State.MENDED, how, Optional.of(now));
    }

    static Drift first(Finding finding, Instant now) {
        return new Drift(finding.mapId(), finding.namespace(), finding.name(), finding.kind(),
                finding.subject().text(), finding.expected(), finding.found(), now, now, 1,
                state(finding), finding.note(), Optional.empty());
    }

    private static State state(Finding finding) {
        return switch (finding.remedy()) {
            case AGENT -> State.FOUND;
            case OPERATOR -> State.LEFT;
            case NONE -> State.MENDED;
        };
    }
}
