package dev.nestmap.server.consensus;

import java.io.Serial;

/** Too much is waiting already; nothing was done. */
public final class OverloadedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** Names what is full and its bound. */
    public OverloadedException(String message) {
        super(message);
    }
}
