package dev.nestmap.server.storage;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A file does not hold what was written to it. Nothing was changed; a human decides. */
public final class DamagedFileException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;
    private static final String WAY_OUT = "; nothing was changed. If other members have the data: move the data directory away and "
            + "join again as a new member. If this is the only one: restore the directory from a backup, or see what "
            + "the disk can still give";

    /** Names the file, and what is wrong with it at which byte. */
    public DamagedFileException(Path file, String damage) {
        super(file + ": " + damage + WAY_OUT);
    }

    /** With what was thrown when it was read. */
    public DamagedFileException(Path file, String damage, Throwable cause) {
        super(file + ": " + damage + WAY_OUT, cause);
    }
}
