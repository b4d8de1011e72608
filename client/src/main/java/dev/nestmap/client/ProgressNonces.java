package dev.nestmap.client;

/**
 * The numbers by which progress is asked for: one request is on its way at a time, for all that were asked for by then. Safe
 * for threads.
 */
final class ProgressNonces {
    // The following are guarded by this, and grow.
    private long asked;
    private long sent;
    private long answered;

    synchronized long ask() {
        return ++asked;
    }

    /** What is to be sent now; 0: nothing, or not yet. */
    synchronized long next() {
        if (sent > answered || asked == answered) {
            return 0;
        }
        sent = asked;
        return sent;
    }

    /** The stream ended, and with it the request on its way. */
    synchronized void lost() {
        sent = answered;
    }

    synchronized void answered(long nonce) {
        answered = Math.max(answered, Math.min(nonce, asked));
    }
}
