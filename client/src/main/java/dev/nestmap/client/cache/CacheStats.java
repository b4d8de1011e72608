package dev.nestmap.client.cache;

/**
 * What a cache or mirror has done since it was opened.
 *
 * @param hits reads answered from here
 * @param misses reads that went to the store or waited for one that did
 * @param unfit of the misses, those for which something was held that could not be shown to be new enough
 * @param loads lookups sent to the store; fewer than misses where many wait for one
 * @param loadFailures of the loads, those that failed
 * @param evictions elements dropped for want of room; a mirror drops none
 * @param entries elements held, absent ones counted
 * @param marks marks heard, each of which says that all is fresh as of some moment
 * @param changes events of the watch that changed the map
 * @param staleNanos how long ago the moment is of which all is known to be fresh
 * @param appliedRevision the revision up to which all changes are in
 */
public record CacheStats(
        long hits,
        long misses,
        long unfit,
        long loads,
        long loadFailures,
        long evictions,
        long entries,
        long marks,
        long changes,
        long staleNanos,
        long appliedRevision) {
    /** Hits among all reads, 0 to 1; 1 where there were none. */
    public double hitRate() {
        return hits + misses == 0 ? 1 : (double) hits / (hits + misses);
    }
}
