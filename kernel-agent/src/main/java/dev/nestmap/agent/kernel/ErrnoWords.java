package dev.nestmap.agent.kernel;

import dev.nestmap.model.Errno;
import java.util.Map;

/** The words of strerror(3), which the JDK does not give and which know nothing of ENOTSUPP. */
final class ErrnoWords {
    private static final Map<Errno, String> WORDS = Map.ofEntries(
            Map.entry(Errno.EPERM, "operation not permitted"),
            Map.entry(Errno.ENOENT, "no such element, file or directory"),
            Map.entry(Errno.EIO, "input/output error"),
            Map.entry(Errno.E2BIG, "argument list too long (a full map, or an index past its end)"),
            Map.entry(Errno.EBADF, "bad file descriptor"),
            Map.entry(Errno.EAGAIN, "resource temporarily unavailable"),
            Map.entry(Errno.ENOMEM, "cannot allocate memory"),
            Map.entry(Errno.EACCES, "permission denied"),
            Map.entry(Errno.EFAULT, "bad address"),
            Map.entry(Errno.EBUSY, "device or resource busy"),
            Map.entry(Errno.EEXIST, "exists already"),
            Map.entry(Errno.EXDEV, "link to another file system"),
            Map.entry(Errno.ENODEV, "no such device"),
            Map.entry(Errno.ENOTDIR, "not a directory"),
            Map.entry(Errno.EISDIR, "is a directory"),
            Map.entry(Errno.EINVAL, "invalid argument"),
            Map.entry(Errno.ENFILE, "too many open files in the system"),
            Map.entry(Errno.EMFILE, "too many open files in this process"),
            Map.entry(Errno.ENOSPC, "no space left"),
            Map.entry(Errno.EROFS, "read-only file system"),
            Map.entry(Errno.ENAMETOOLONG, "file name too long"),
            Map.entry(Errno.ENOSYS, "function not implemented"),
            Map.entry(Errno.ENOTEMPTY, "directory not empty"),
            Map.entry(Errno.EOVERFLOW, "value too large"),
            Map.entry(Errno.EOPNOTSUPP, "operation not supported"),
            Map.entry(Errno.ENOTSUPP, "not supported by this map type"));

    private ErrnoWords() {}

    static String of(int errnoNumber) {
        return Errno.ofNumber(errnoNumber).map(WORDS::get).orElse("refused by the kernel");
    }

    static String name(int errnoNumber) {
        return Errno.ofNumber(errnoNumber)
                .map(errno -> errno + " (" + errnoNumber + ")")
                .orElse("errno " + errnoNumber);
    }
}
