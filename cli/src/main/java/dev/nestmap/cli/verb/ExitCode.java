package dev.nestmap.cli.verb;

import dev.nestmap.model.Errno;
import java.util.List;

/** Exit codes. Those of refusals are bpftool's. */
public final class ExitCode {
    private static final int CODES = 256;

    /** Done. */
    public static final int OK = 0;
    /** It failed for a reason that has no errno. */
    public static final int FAILED = 1;
    /** The command line is wrong, of a verb that is not bpftool's. */
    public static final int USAGE = 2;
    /** The command line is wrong, of a verb in bpftool's grammar. */
    public static final int BPFTOOL_USAGE = 255;
    /** Whoever read the output went away: what the shell shows of a process that SIGPIPE ended. */
    public static final int OUTPUT_CLOSED = 141;

    /** All codes, as help and reference list them. */
    public static final List<Row> ROWS = List.of(
            new Row(OK, "", "done; diff: nothing would change"),
            new Row(FAILED, "",
                    "failed: no server answered, a wait was not over in time; diff: something would change; agent status: no agent answers, it does not follow, or a map is not as desired"),
            new Row(USAGE, "",
                    "the command line or a file is wrong, nothing was sent; diff: anything but a difference"),
            new Row(OUTPUT_CLOSED, "",
                    "whoever read the output closed it, as in: nestmap map dump name m | head"),
            new Row(BPFTOOL_USAGE, "",
                    "the command line of nestmap map or nestmap batch is wrong, as with bpftool"),
            row(Errno.EPERM, "a frozen map, a capability that is missing"),
            row(Errno.ENOENT,
                    "no such map, element or node; also a lookup that prints \"Not found\""),
            row(Errno.E2BIG, "an index past the end, a full map"),
            row(Errno.EBADF, "the map that was to be an inner map does not exist"),
            row(Errno.ENOMEM, "a node has no memory for it"),
            row(Errno.EBUSY, "the map is in use in a way that forbids it"),
            row(Errno.EEXIST, "the name or key is taken"),
            row(Errno.EINVAL, "a rule was broken; the message says which"),
            row(Errno.ENOSPC, "no room, of types that say so instead of E2BIG"),
            row(Errno.EOPNOTSUPP, "the type does not do that"),
            row(Errno.ENOTSUPP, "the type does not do that; 524 modulo 256, as bpftool gives it"));

    private ExitCode() {}

    /**
     * One code.
     *
     * @param errno its name with its number; empty: it comes of no refusal
     */
    public record Row(int code, String errno, String when) {}

    private static Row row(Errno errno, String when) {
        return new Row(of(errno), "%s (%d)".formatted(errno, errno.number()), when);
    }

    /** The text of {@code nestmap help exit-codes}. */
    public static String text() {
        StringBuilder out = new StringBuilder(
                "Exit codes. A refusal with an errno gives 256 - errno, as bpftool does.\n\n");
        ROWS.forEach(row -> out.append("    %3d  %-16s %s\n".formatted(row.code(), row.errno(),
                row.when())));
        return out.toString();
    }

    /** The exit code of a refusal. */
    public static int of(Errno errno) {
        return (CODES - errno.number()) & (CODES - 1);
    }

    /** The exit code of a command line that is wrong and begins with these words. */
    public static int usage(String path) {
        String first = path.split(" ", 2)[0];
        return first.equals("map") || first.equals("batch") ? BPFTOOL_USAGE : USAGE;
    }
}
