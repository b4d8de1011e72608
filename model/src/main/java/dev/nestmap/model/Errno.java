package dev.nestmap.model;

import java.util.Optional;

/** The errno that bpf(2) gives, with the kernel's numbers (asm-generic/errno.h; ENOTSUPP is internal to the kernel). */
public enum Errno {
    /** Operation not permitted. */
    EPERM(1),
    /** Not there. */
    ENOENT(2),
    /** Input or output error. */
    EIO(5),
    /** Argument list too long: an index or a map that is too big, a full map. */
    E2BIG(7),
    /** Not a file descriptor (in the store: not a map). */
    EBADF(9),
    /** Try again. */
    EAGAIN(11),
    /** Out of memory. */
    ENOMEM(12),
    /** Permission denied. */
    EACCES(13),
    /** Bad address. */
    EFAULT(14),
    /** Busy. */
    EBUSY(16),
    /** There already. */
    EEXIST(17),
    /** Link to another file system. */
    EXDEV(18),
    /** No such device. */
    ENODEV(19),
    /** Not a directory. */
    ENOTDIR(20),
    /** Is a directory. */
    EISDIR(21),
    /** Invalid argument. */
    EINVAL(22),
    /** Too many open files in the system. */
    ENFILE(23),
    /** Too many open files in this process. */
    EMFILE(24),
    /** No space left. */
    ENOSPC(28),
    /** Read-only file system. */
    EROFS(30),
    /** Number out of range. */
    ERANGE(34),
    /** File name too long. */
    ENAMETOOLONG(36),
    /** Function not implemented. */
    ENOSYS(38),
    /** Directory not empty. */
    ENOTEMPTY(39),
    /** Value too large. */
    EOVERFLOW(75),
    /** File descriptor in a bad state. */
    EBADFD(77),
    /** Not a socket. */
    ENOTSOCK(88),
    /** Operation not supported, as POSIX knows it. */
    EOPNOTSUPP(95),
    /** Operation not supported, as only the kernel knows it: not in libc, another number than EOPNOTSUPP. */
    ENOTSUPP(524);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /** The positive number. */
    public int number() {
        return number;
    }

    /** The errno with a positive number; empty for one that bpf(2) is not known to give. */
    public static Optional<Errno> ofNumber(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return Optional.of(errno);
            }
        }
        return Optional.empty();
    }
}
