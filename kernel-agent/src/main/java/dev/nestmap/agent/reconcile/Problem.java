package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRules;
import org.jspecify.annotations.Nullable;

/**
 * Why a map is not as desired, and when trying again may help.
 *
 * @param errno the kernel's; 0 where the cause is not a system call
 * @param message a sentence: what was being done, what came back, the way out
 */
record Problem(int errno, String message, Retry retry) {
    enum Retry {
        /** After some milliseconds, then after longer and longer: the kernel may have it otherwise soon. */
        SOON,
        /** About each second: somebody on this host must do something first. */
        SLOWLY,
        /** Whenever another map is worked on: it waits for one. */
        WITH_OTHERS,
        /** When the store wants something else of this map. */
        NEVER
    }

    /** What an errno means for a map, as far as that is held. */
    static Problem of(KernelException failure, @Nullable Held held) {
        return new Problem(failure.errnoNumber(), String.valueOf(failure.getMessage()),
                isAboutHost(failure, held) ? Retry.SLOWLY : retry(failure));
    }

    Problem retried(Retry newRetry) {
        return new Problem(errno, message, newRetry);
    }

    /** A devmap takes only the indexes of interfaces that exist, and those come and go; so do programs. */
    private static boolean isAboutHost(KernelException failure, @Nullable Held held) {
        return held != null && failure.is(Errno.EINVAL)
                && !MapRules.expressions(held.spec().type()).isEmpty();
    }

    private static Retry retry(KernelException failure) {
        // NO_PREALLOC hashes give E2BIG and ENOMEM also far from their limit, for a moment (users of Linux 6.12 to 6.18).
        return failure.errno().map(errno -> switch (errno) {
            case EINVAL, EPERM, EACCES, ENOTSUPP, EOPNOTSUPP, ENOSYS, EOVERFLOW, ERANGE, EFAULT,
                    EBADFD, ENOTSOCK, EROFS, ENAMETOOLONG, EXDEV ->
                Retry.NEVER;
            case EEXIST, ENOENT, ENODEV, ENOTDIR, EISDIR, ENOTEMPTY, EIO -> Retry.SLOWLY;
            case E2BIG, ENOSPC, ENOMEM, EBUSY, EAGAIN, EMFILE, ENFILE, EBADF -> Retry.SOON;
        }).orElse(Retry.SOON);
    }
}
