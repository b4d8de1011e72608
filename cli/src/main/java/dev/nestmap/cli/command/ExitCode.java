package dev.nestmap.cli.command;

import dev.nestmap.model.Errno;

/** Exit codes. Those of refusals are bpftool's. */
public final class ExitCode {
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

    /** The text of {@code nestmap help exit-codes}. */
    public static final String TEXT = """
            Exit codes

                0    done
                1    failed: no server answered, a wait was not over in time; diff: there are differences
                2    the command line or a file is wrong; nothing was sent
              255    the same of nestmap map and nestmap batch, as bpftool does
              141    whoever read the output closed it (as in: nestmap map dump name m | head)

            A refusal with an errno gives 256 - errno, as bpftool does:

              255    EPERM (1)      a frozen map, a capability that is missing
              254    ENOENT (2)     no such map, element or node; also a lookup that prints "Not found"
              249    E2BIG (7)      an index past the end, a full map
              247    EBADF (9)      the map that was to be an inner map does not exist
              239    EEXIST (17)    the name or key is taken
              234    EINVAL (22)    a rule was broken; the message says which
              228    ENOSPC (28)    a map that is full, of types that say so
              161    EOPNOTSUPP (95) the type does not do that
              244    ENOTSUPP (524) the type does not do that; the number taken modulo 256
            """;

    private static final int CODES = 256;

    private ExitCode() {}

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
