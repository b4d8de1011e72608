package dev.nestmap.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an agent did.
 *
 * @param receivedRevision everything up to it was received
 * @param stagedRevision everything up to it is built in the kernel, except for the conditions
 * @param appliedRevision everything up to it is visible to programs, except for the conditions
 * @param conditions every map that is not as desired
 * @param maps maps that the agent manages
 * @param lastApplyMicros from the last difference received to the kernel holding it
 * @param drifts what others changed on the host: those that are open, by map, then the last that were mended, newest first
 * @param unlistedDrifts differences that are open and for which there was no room in the list
 */
public record NodeReport(
        long receivedRevision,
        long stagedRevision,
        long appliedRevision,
        List<Condition> conditions,
        int maps,
        long lastApplyMicros,
        List<Drift> drifts,
        long unlistedDrifts) {
    /** Copies the lists. */
    public NodeReport {
        conditions = List.copyOf(conditions);
        drifts = List.copyOf(drifts);
    }

    /**
     * Why a map is not as desired on a node.
     *
     * @param appliedRevision the last revision at which it was; 0: never
     * @param errno the kernel's number, whether we know it or not; 0 where the cause is no system call
     * @param retrying the agent tries again by itself
     */
    public record Condition(
            long mapId,
            String namespace,
            String name,
            long appliedRevision,
            int errno,
            String message,
            boolean retrying) {}

    /** One without drift. */
    public NodeReport(long receivedRevision, long stagedRevision, long appliedRevision,
            List<Condition> conditions, int maps, long lastApplyMicros) {
        this(receivedRevision, stagedRevision, appliedRevision, conditions, maps, lastApplyMicros,
                List.of(), 0);
    }

    /**
     * Something that others changed in the kernel of a node. Times are those of the node's clock.
     *
     * @param kind contents, identity or definition; empty where this version does not know it
     * @param key the key of the element or slot in hexadecimal, or {@code pin PATH}, or {@code program PATH}
     * @param expected what was applied, for people
     * @param found what was there when it was last looked at, for people
     * @param times how often it was found: more than once where it came back after it was mended
     * @param state found, held_back, left or mended; empty where this version does not know it
     * @param note what is in the way of mending it, or when it will be tried; may be empty
     * @param mended when it was last mended
     */
    public record Drift(
            long mapId,
            String namespace,
            String name,
            String kind,
            String key,
            String expected,
            String found,
            Instant firstSeen,
            Instant lastSeen,
            long times,
            String state,
            String note,
            Optional<Instant> mended) {
        /** True where the map is still not as it should be. */
        public boolean isOpen() {
            return !state.equals(MENDED);
        }

        /** The state of what is as it should be again. */
        public static final String MENDED = "mended";
    }
}
