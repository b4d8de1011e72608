package dev.nestmap.server.consensus;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the first fatal event on. Later ones are its consequences. */
final class FatalOnce {
    private static final Logger LOG = LoggerFactory.getLogger(FatalOnce.class);

    private final FatalHandler handler;
    private final AtomicBoolean over = new AtomicBoolean();

    FatalOnce(FatalHandler handler) {
        this.handler = handler;
    }

    void fatal(String message, Throwable cause) {
        if (over.compareAndSet(false, true)) {
            LOG.error("{}", message, cause);
            handler.fatal(message, cause);
        }
    }

    /** From now on nothing is fatal: the member is being closed. */
    void disarm() {
        over.set(true);
    }

    /** True after the first fatal event, or when the member is being closed. */
    boolean isOver() {
        return over.get();
    }
}
