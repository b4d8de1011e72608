package dev.nestmap.client.cache;

/**
 * How far a table reaches and how far its readers have seen: one value, so that one volatile read gives all of it.
 *
 * @param applied all changes of the map up to this revision are in the table
 * @param floor what the next reader must see at least
 * @param asOfNanos the table's contents at {@code applied} were the newest at some moment after this one
 */
record Freshness(long applied, long floor, long asOfNanos) {
    /** Nothing may be answered from the table. */
    static Freshness ended(long neverNanos) {
        return new Freshness(Long.MAX_VALUE, Long.MAX_VALUE, neverNanos);
    }

    /** Whether an entry that was read after this value may be given out at this time. */
    boolean allows(Entry<?> entry, long nowNanos, long boundNanos) {
        boolean fresh = nowNanos - asOfNanos <= boundNanos;
        if (fresh && applied >= floor) {
            return true;
        }
        return entry.revision() >= floor
                && (fresh || nowNanos - entry.asOfNanos() <= boundNanos);
    }

    Freshness withFloor(long revision) {
        return revision <= floor ? this : new Freshness(applied, revision, asOfNanos);
    }

    Freshness withApplied(long revision) {
        return revision <= applied ? this : new Freshness(revision, floor, asOfNanos);
    }

    Freshness withAsOf(long nanos) {
        return nanos - asOfNanos <= 0 ? this : new Freshness(applied, floor, nanos);
    }
}
