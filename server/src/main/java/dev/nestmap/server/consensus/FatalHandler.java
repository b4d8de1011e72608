package dev.nestmap.server.consensus;

/** Told once when this member cannot go on; the process is expected to end at once, without any tidying up. */
@FunctionalInterface
public interface FatalHandler {
    /**
     * Called on any thread. The member serves nothing any more.
     *
     * @param message what happened, with what, and the way out
     */
    void fatal(String message, Throwable cause);
}
