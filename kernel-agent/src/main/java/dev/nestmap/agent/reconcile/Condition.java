package dev.nestmap.agent.reconcile;

/**
 * Why a map is not as desired on this node.
 *
 * @param mapId the store's id of it
 * @param appliedRevision the last revision at which it was as desired; 0: never
 * @param errno the kernel's, positive; 0 where the cause is not a system call
 * @param message what was being done, with what, what came back, and the way out
 * @param retrying true where the agent tries again by itself
 */
public record Condition(
        long mapId,
        String namespace,
        String name,
        long appliedRevision,
        int errno,
        String message,
        boolean retrying) {}
