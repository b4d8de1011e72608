package dev.nestmap.client;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call did not do what it was asked to. The message is a sentence: what was being done, with what, what came back. */
public final class NestmapException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** Why. */
    private final Kind kind;
    /** For {@link Kind#REFUSED}. */
    private final @Nullable Errno errno;

    /** Why a call failed. Where a kind does not say that a write may have been done, it was not. */
    public enum Kind {
        /** The store said no, with the errno that bpf(2) gives. */
        REFUSED,
        /** No member could be reached, or there was no leader, for as long as the call was allowed to try. */
        UNAVAILABLE,
        /** A read had no answer in time. */
        TIMED_OUT,
        /**
         * The write may or may not have been done: read it back before doing it again. Also where it was answered and the answer
         * cannot be read, or is larger than {@link ClientOptions#maxMessageBytes}.
         */
        OUTCOME_UNKNOWN,
        /** A message over a size limit; of a write, the request. */
        TOO_LARGE,
        /**
         * The store had too much to do for as long as the call was allowed to try, or this client has {@link
         * ClientOptions#maxCalls} under way.
         */
        OVERLOADED,
        /** The revision is not held any more. */
        REVISION_GONE,
        /** The server found the request incomplete. */
        INVALID,
        /** No node is concerned. */
        NO_NODE,
        /** Another cluster than before answered. */
        WRONG_CLUSTER,
        /** The server wants credentials, or others. */
        DENIED,
        /** What answered does not know the call. */
        UNSUPPORTED,
        /** The caller was interrupted or gave up; a write may have been done. */
        CANCELLED,
        /** The client was closed. */
        CLOSED,
        /** A fault in the server or the client. */
        INTERNAL
    }

    NestmapException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, null, message, cause);
    }

    private NestmapException(Kind kind, @Nullable Errno errno, String message,
            @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.errno = errno;
    }

    /** A failure found on this side of the wire. */
    public static NestmapException of(Kind kind, String message) {
        return new NestmapException(kind, message, null);
    }

    /** A refusal, whoever refuses. */
    public static NestmapException refused(Refusal refusal) {
        return new NestmapException(Kind.REFUSED, refusal.errno(), refusal.toString(), null);
    }

    static NestmapException refused(Refusal refusal, Throwable cause) {
        return new NestmapException(Kind.REFUSED, refusal.errno(), refusal.toString(), cause);
    }

    /** The same with the stack of the thread that waited. */
    NestmapException seenByCaller() {
        return new NestmapException(kind, errno, String.valueOf(getMessage()), this);
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }

    /** What bpf(2) would give; present exactly where the kind is {@link Kind#REFUSED}. */
    public Optional<Errno> errno() {
        return Optional.ofNullable(errno);
    }

    /** True where the store refused with this errno. */
    public boolean is(Errno expected) {
        return errno == expected;
    }
}
