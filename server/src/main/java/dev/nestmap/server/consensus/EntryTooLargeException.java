package dev.nestmap.server.consensus;

import java.io.Serial;

/** One write is larger than a log entry may be; nothing was done. */
public final class EntryTooLargeException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final long sizeBytes;
    private final long limitBytes;

    /** Names both sizes. */
    public EntryTooLargeException(long sizeBytes, long limitBytes) {
        super("the write is %d bytes, one write may have at most %d; send it in parts"
                .formatted(sizeBytes, limitBytes));
        this.sizeBytes = sizeBytes;
        this.limitBytes = limitBytes;
    }

    /** Size of the encoded write. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The greatest possible size. */
    public long limitBytes() {
        return limitBytes;
    }
}
