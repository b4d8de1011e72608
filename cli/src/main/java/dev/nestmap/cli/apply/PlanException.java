package dev.nestmap.cli.apply;

import dev.nestmap.cli.manifest.Manifest.Source;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What documents want cannot be reached. The message names the place, the field and the way out. */
public final class PlanException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable Errno errno;

    PlanException(String problem) {
        super(problem);
        this.errno = null;
    }

    PlanException(Source source, String problem) {
        this(source.says(problem));
    }

    /** The store refused an operation, and with it the whole transaction. */
    PlanException(Source source, Refusal refusal) {
        super(source.says(refusal.rule()));
        this.errno = refusal.errno();
    }

    /** What the store refused with; empty: nothing was sent. */
    public Optional<Errno> errno() {
        return Optional.ofNullable(errno);
    }
}
