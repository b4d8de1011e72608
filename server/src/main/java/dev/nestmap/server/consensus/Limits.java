package dev.nestmap.server.consensus;

/**
 * Bounds of what a member holds in memory and on disk.
 *
 * @param queuedWrites writes that wait for a log entry
 * @param queuedBytes their size
 * @param entryWrites writes gathered into one log entry
 * @param entryBytes their size, unless a single write is larger
 * @param writeBytes size of a single write; at most {@link #WRITE_BYTES_MAX}
 * @param recentRoots roots of past revisions held for watchers
 * @param recentBytes sum of the writes between the oldest held root and the newest
 * @param revisionWaiters reads that wait for a revision
 * @param snapshotEntries log entries after which a snapshot is taken
 * @param snapshotBytes size of log entries after which a snapshot is taken
 * @param logTailEntries log entries kept behind a snapshot, so that a member that was away for a short time needs no snapshot
 * @param logSegmentBytes size at which a log file is closed and the next begun
 */
public record Limits(
        int queuedWrites,
        long queuedBytes,
        int entryWrites,
        int entryBytes,
        int writeBytes,
        int recentRoots,
        long recentBytes,
        int revisionWaiters,
        long snapshotEntries,
        long snapshotBytes,
        long logTailEntries,
        int logSegmentBytes) {
    private static final int MIB = 1 << 20;
    /** What the transport between members is made for: the largest transaction, and what a write adds around it. */
    public static final int WRITE_BYTES_MAX = 64 * MIB + 1024;

    /** For servers. */
    public static Limits defaults() {
        return new Limits(16_384, 128L * MIB, 4_096, MIB, WRITE_BYTES_MAX, 1_024, 64L * MIB, 65_536,
                20_000, 256L * MIB, 10_000, 32 * MIB);
    }

    /** Checks the size of a write. */
    public Limits {
        if (writeBytes > WRITE_BYTES_MAX || entryBytes > WRITE_BYTES_MAX) {
            throw new IllegalArgumentException("writes of %d and entries of %d bytes: at most %d"
                    .formatted(writeBytes, entryBytes, WRITE_BYTES_MAX));
        }
    }
}
