package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
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
        /** About each second, and it costs one system call: the map is full, with elements of others too. */
        ROOM,
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

    /** What an errno means in dealing with pins: those who use this host can make room for ours at any time. */
    static Problem ofPin(KernelException failure) {
        Retry retry = retry(failure);
        return new Problem(failure.errnoNumber(), String.valueOf(failure.getMessage()),
                retry == Retry.NEVER ? Retry.SLOWLY : retry);
    }

    /** What an errno means for a definition that the kernel was asked to make. */
    static Problem ofCreation(KernelException failure, KernelFeatures features) {
        return new Problem(failure.errnoNumber(),
                failure.getMessage() + failure.errno().map(errno -> switch (errno) {
                    case EINVAL, ENOTSUPP, EOPNOTSUPP ->
                        ": the kernel of this host (%s) has maps of this type, but not with these flags and sizes: use a newer kernel, or place the map elsewhere"
                                .formatted(features.release());
                    case E2BIG ->
                        ": this is larger than the kernel of this host (%s) makes maps of this type: define it smaller, or place it elsewhere"
                                .formatted(features.release());
                    case ENOMEM ->
                        ": the kernel has no memory for it, or the memory limit of the agent's cgroup is reached; tried again, at most 5 s apart";
                    default -> "";
                }).orElse(""), failure.is(Errno.E2BIG) ? Retry.NEVER : retry(failure));
    }

    /** Of a map that somebody froze too early, or in which a number of the host is another by now, until it is what it was. */
    static Problem frozen(Held held) {
        return new Problem(Errno.EPERM.number(),
                "it is frozen with other contents than the store wants, and nobody can change "
                        + "it any more: delete its pins on this host and restart the agent, which then creates it anew",
                held.contents().filter(contents -> !contents.resolved().isEmpty()).isPresent()
                        ? Retry.SLOWLY
                        : Retry.NEVER);
    }

    Problem retried(Retry newRetry) {
        return new Problem(errno, message, newRetry);
    }

    /** A devmap takes only the indexes of interfaces that exist, and those come and go; so do programs. */
    private static boolean isAboutHost(KernelException failure, @Nullable Held held) {
        return held != null && failure.is(Errno.EINVAL)
                && MapRules.namesObjects(held.spec().type());
    }

    private static Retry retry(KernelException failure) {
        // NO_PREALLOC hashes give E2BIG and ENOMEM also far from their limit, for a moment (users of Linux 6.12 to 6.18).
        return failure.errno().map(errno -> switch (errno) {
            case EINVAL, EPERM, ENOTSUPP, EOPNOTSUPP, ENOSYS, EOVERFLOW, ERANGE, EFAULT, EBADFD,
                    ENOTSOCK, ENAMETOOLONG ->
                Retry.NEVER;
            // Of files only, whose permissions, mounts and names somebody can change.
            case EACCES, EROFS, EXDEV, EEXIST, ENOENT, ENODEV, ENOTDIR, EISDIR, ENOTEMPTY, EIO ->
                Retry.SLOWLY;
            case E2BIG, ENOSPC, ENOMEM, EBUSY, EAGAIN, EMFILE, ENFILE, EBADF -> Retry.SOON;
        }).orElse(Retry.SOON);
    }
}
