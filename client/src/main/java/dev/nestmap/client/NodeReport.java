package dev.nestmap.client;

import java.util.List;

/**
 * What an agent did.
 *
 * @param receivedRevision everything up to it was received
 * @param stagedRevision everything up to it is built in the kernel, except for the conditions
 * @param appliedRevision everything up to it is visible to programs, except for the conditions
 * @param conditions every map that is not as desired
 * @param maps maps that the agent manages
 * @param lastApplyMicros from the last difference received to the kernel holding it
 */
public record NodeReport(
        long receivedRevision,
        long stagedRevision,
        long appliedRevision,
        List<Condition> conditions,
        int maps,
        long lastApplyMicros) {
    /** Copies the list. */
    public NodeReport {
        conditions = List.copyOf(conditions);
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
}
