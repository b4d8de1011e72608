package dev.nestmap.client.wire;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.io.Serial;

/** A message that means nothing: a part that is needed is missing, or a number is not known. */
public final class InvalidMessageException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** Names the part and what it must be. */
    public InvalidMessageException(String rule) {
        super(rule);
    }

    /** The refusal to answer with: EINVAL. */
    public Refusal refusal() {
        return new Refusal(Errno.EINVAL, String.valueOf(getMessage()));
    }
}
