package dev.nestmap.cli.verb;

import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How far a long transfer has come, on one line that writes over itself, ten times a second. One thread uses it. */
public final class Progress {
    private static final Duration PACE = Duration.ofMillis(100);
    private static final int CHECK_EVERY = 64;
    /** Nothing is said of what is over sooner. */
    private static final Duration QUIET = Duration.ofMillis(500);

    private final @Nullable PrintStream terminal;
    private final String what;
    private final long begin = System.nanoTime();
    private long shown = begin + QUIET.minus(PACE).toNanos();
    private boolean visible;
    private long done;

    /** Where there is no terminal nothing is said. */
    Progress(@Nullable PrintStream terminal, String what) {
        this.terminal = terminal;
        this.what = what;
    }

    /** One more. */
    public void step() {
        done++;
        if (terminal != null && done % CHECK_EVERY == 0) {
            long now = System.nanoTime();
            if (now - shown > PACE.toNanos()) {
                shown = now;
                visible = true;
                terminal.printf("\r%,d %s", done, what);
                terminal.flush();
            }
        }
    }

    /** Wipes the line. */
    public void end() {
        if (terminal != null && visible) {
            terminal.print("\r\u001b[K");
            terminal.flush();
        }
    }
}
