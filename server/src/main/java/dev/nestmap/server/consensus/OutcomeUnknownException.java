package dev.nestmap.server.consensus;

import java.io.Serial;

/** The write may or may not be applied, now or later. Sending it again with the same request id is safe. */
public final class OutcomeUnknownException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** Says what kept the answer away. */
    public OutcomeUnknownException(String message) {
        super(message);
    }
}
