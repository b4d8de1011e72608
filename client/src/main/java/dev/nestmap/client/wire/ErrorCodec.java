package dev.nestmap.client.wire;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.proto.v1.Header;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.Optional;

/** Errors as google.rpc.Status; the table stands in common.proto. */
public final class ErrorCodec {
    /** Domain of errors with an errno. */
    public static final String BPF_DOMAIN = "bpf";
    /** Domain of errors without one. */
    public static final String STORE_DOMAIN = "nestmap";
    private static final String ERRNO = "errno";
    private static final String LEADER = "leader";

    private ErrorCodec() {}

    /** Errors that have no errno. */
    public enum StoreError {
        /** There is no leader, or this member is not it. */
        NO_LEADER(io.grpc.Status.Code.UNAVAILABLE),
        /** The write may or may not be applied. */
        OUTCOME_UNKNOWN(io.grpc.Status.Code.UNAVAILABLE),
        /** The write came before, and its answer is forgotten. */
        RETRY_TOO_OLD(io.grpc.Status.Code.FAILED_PRECONDITION),
        /** Too much is waiting. */
        OVERLOADED(io.grpc.Status.Code.RESOURCE_EXHAUSTED),
        /** The revision is not held any more. */
        REVISION_GONE(io.grpc.Status.Code.OUT_OF_RANGE),
        /** The request is over a limit. */
        TOO_LARGE(io.grpc.Status.Code.RESOURCE_EXHAUSTED),
        /** The message is incomplete. */
        INVALID_REQUEST(io.grpc.Status.Code.INVALID_ARGUMENT),
        /** No node is concerned. */
        NO_NODE(io.grpc.Status.Code.FAILED_PRECONDITION),
        /** The agent followed another cluster. */
        WRONG_CLUSTER(io.grpc.Status.Code.FAILED_PRECONDITION);

        private final io.grpc.Status.Code code;

        StoreError(io.grpc.Status.Code code) {
            this.code = code;
        }
    }

    /** The error that carries a refusal. */
    public static StatusRuntimeException error(Refusal refusal) {
        return StatusProto.toStatusRuntimeException(status(refusal).build());
    }

    /** The error that carries a refusal, and who refused on what grounds. */
    public static StatusRuntimeException error(Refusal refusal, Header header) {
        return StatusProto.toStatusRuntimeException(
                status(refusal).addDetails(Any.pack(header)).build());
    }

    private static Status.Builder status(Refusal refusal) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setDomain(BPF_DOMAIN)
                .setReason(refusal.errno().name())
                .putMetadata(ERRNO, Integer.toString(refusal.errno().number()))
                .build();
        return Status.newBuilder()
                .setCode(code(refusal.errno()).value())
                .setMessage(refusal.rule())
                .addDetails(Any.pack(info));
    }

    /** An error without an errno. */
    public static StatusRuntimeException error(StoreError error, String message) {
        return error(error, message, Map.of(), Optional.empty());
    }

    /** An error after which the call may be sent again. */
    public static StatusRuntimeException retriable(StoreError error, String message,
            Optional<String> leaderAddress,
            java.time.Duration retryAfter) {
        return error(error, message,
                leaderAddress.map(leader -> Map.of(LEADER, leader)).orElse(Map.of()),
                Optional.of(retryAfter));
    }

    private static StatusRuntimeException error(StoreError error, String message,
            Map<String, String> metadata,
            Optional<java.time.Duration> retryAfter) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setDomain(STORE_DOMAIN)
                .setReason(error.name())
                .putAllMetadata(metadata)
                .build();
        Status.Builder status = Status.newBuilder()
                .setCode(error.code.value())
                .setMessage(message)
                .addDetails(Any.pack(info));
        retryAfter.ifPresent(delay -> status.addDetails(Any.pack(RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder()
                        .setSeconds(delay.toSeconds())
                        .setNanos(delay.toNanosPart()))
                .build())));
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** The refusal that an error carries, if any. */
    public static Optional<Refusal> refusal(Throwable error) {
        return info(error).filter(info -> info.getDomain().equals(BPF_DOMAIN))
                .flatMap(info -> Optional
                        .ofNullable(info.getMetadataMap().get(ERRNO))
                        .flatMap(ErrorCodec::errno)
                        .map(errno -> new Refusal(errno,
                                Optional.ofNullable(
                                        io.grpc.Status.fromThrowable(error).getDescription())
                                        .orElse(""))));
    }

    /** Who refused and of which revision the refusal speaks, where the error says so. */
    public static Optional<Header> header(Throwable error) {
        return detail(error, Header.class);
    }

    /** The store error that an error carries, if any. */
    public static Optional<StoreError> storeError(Throwable error) {
        return info(error).filter(info -> info.getDomain().equals(STORE_DOMAIN)).flatMap(info -> {
            for (StoreError known : StoreError.values()) {
                if (known.name().equals(info.getReason())) {
                    return Optional.of(known);
                }
            }
            return Optional.empty();
        });
    }

    /** host:port of the leader, where the error names it. */
    public static Optional<String> leader(Throwable error) {
        return info(error).map(info -> info.getMetadataMap().get(LEADER));
    }

    /** How long to wait before the call is sent again, where the error says so. */
    public static Optional<java.time.Duration> retryAfter(Throwable error) {
        return detail(error, RetryInfo.class)
                .map(info -> java.time.Duration.ofSeconds(info.getRetryDelay().getSeconds(),
                        info.getRetryDelay().getNanos()));
    }

    private static Optional<Errno> errno(String number) {
        try {
            return Errno.ofNumber(Integer.parseInt(number));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<ErrorInfo> info(Throwable error) {
        return detail(error, ErrorInfo.class);
    }

    private static <M extends Message> Optional<M> detail(Throwable error, Class<M> type) {
        Status status = StatusProto.fromThrowable(error);
        if (status == null) {
            return Optional.empty();
        }
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return Optional.of(detail.unpack(type));
                } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static io.grpc.Status.Code code(Errno errno) {
        return switch (errno) {
            case ENOENT, ENODEV -> io.grpc.Status.Code.NOT_FOUND;
            case EEXIST -> io.grpc.Status.Code.ALREADY_EXISTS;
            case E2BIG, ENOSPC, ENOMEM, EMFILE, ENFILE -> io.grpc.Status.Code.RESOURCE_EXHAUSTED;
            case EPERM, EACCES -> io.grpc.Status.Code.PERMISSION_DENIED;
            case ENOTSUPP, EOPNOTSUPP, ENOSYS -> io.grpc.Status.Code.UNIMPLEMENTED;
            case EAGAIN, EBUSY -> io.grpc.Status.Code.UNAVAILABLE;
            case EINVAL, EBADF, EBADFD, EFAULT, ENOTSOCK, EOVERFLOW, ERANGE, ENAMETOOLONG, ENOTDIR,
                    EISDIR, EXDEV, ENOTEMPTY ->
                io.grpc.Status.Code.INVALID_ARGUMENT;
            case EIO, EROFS -> io.grpc.Status.Code.INTERNAL;
        };
    }
}
