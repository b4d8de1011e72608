package dev.nestmap.agent.kernel;

import dev.nestmap.model.Errno;
import java.util.Optional;

/**
 * The kernel did not do what it was asked. The message says what was being done and with what, the errno by
 * name and number, and what it means: {@code update "routes" key 01 00 00 00: E2BIG (7): argument list too
 * long}.
 */
public final class KernelException extends Exception {
    private static final long serialVersionUID = 1;

    private final String operation;
    private final int errnoNumber;

    /**
     * An operation that came back with an errno, explained in the words of strerror(3).
     *
     * @param operation what was being done, with what
     * @param errnoNumber positive; also one that the kernel keeps to itself, as ENOTSUPP (524)
     */
    public KernelException(String operation, int errnoNumber) {
        this(operation, errnoNumber, ErrnoWords.of(errnoNumber));
    }

    /** As the number would have it. */
    public KernelException(String operation, Errno errno) {
        this(operation, errno.number());
    }

    /**
     * An operation that came back with an errno whose reason is known better than by its name.
     *
     * @param explanation which rule was broken, or the way out
     */
    public KernelException(String operation, Errno errno, String explanation) {
        this(operation, errno.number(), explanation);
    }

    /** As with an {@link Errno}, for a number that may have no name. */
    public KernelException(String operation, int errnoNumber, String explanation) {
        super(operation + ": " + ErrnoWords.name(errnoNumber) + ": " + explanation);
        this.operation = operation;
        this.errnoNumber = errnoNumber;
    }

    private KernelException(String operation, String explanation, Throwable cause) {
        super(operation + ": " + explanation, cause);
        this.operation = operation;
        this.errnoNumber = 0;
    }

    /** A failure that never became a system call, such as a missing library: {@link #errnoNumber()} is 0. */
    public static KernelException withoutErrno(String operation, String explanation,
            Throwable cause) {
        return new KernelException(operation, explanation, cause);
    }

    /** What was being done, with what. */
    public String operation() {
        return operation;
    }

    /** The positive errno; 0 where no system call gave one. */
    public int errnoNumber() {
        return errnoNumber;
    }

    /** The errno; empty for 0 and for a number that bpf(2) is not known to give. */
    public Optional<Errno> errno() {
        return Errno.ofNumber(errnoNumber);
    }

    /** True where the errno is this one. */
    public boolean is(Errno errno) {
        return errnoNumber == errno.number();
    }
}
