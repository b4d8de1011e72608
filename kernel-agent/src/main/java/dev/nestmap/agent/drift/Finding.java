package dev.nestmap.agent.drift;

/**
 * A difference between the kernel and what was applied, seen once.
 *
 * @param mapId the store's id of the map
 * @param expected what was applied, for people
 * @param found what is there, for people
 * @param remedy who is to mend it
 * @param note what is to be said beside, as what somebody can do; may be empty
 */
public record Finding(
        long mapId,
        String namespace,
        String name,
        DriftKind kind,
        Subject subject,
        String expected,
        String found,
        Remedy remedy,
        String note) {
    /** Who is to mend a drift. */
    public enum Remedy {
        /** The agent, and then says so. */
        AGENT,
        /** Somebody on this host: it is not the agent's to touch. */
        OPERATOR,
        /** Nobody: what was lost was kept in reserve only. */
        NONE
    }
}
