package dev.nestmap.systemtests.rig;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names that tell which run made a thing, so that the next run can clear away what a killed one left
 * behind and touches nothing of a run that is still alive.
 */
final class Ownership {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Pattern NAME = Pattern.compile("nmrig-(\\d+)-\\d+.*");

    private Ownership() {}

    /** A name that no other has: {@code nmrig-<process id>-<number>}. */
    static String freshName() {
        return "nmrig-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    }

    /** True for names that start as ours do and whose process is gone. */
    static boolean isLeftOver(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
    }
}
