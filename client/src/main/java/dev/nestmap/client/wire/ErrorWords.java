package dev.nestmap.client.wire;

import io.grpc.Status;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/** Why a call ended, in words for people. */
public final class ErrorWords {
    private ErrorWords() {}

    /** That the connection was refused or the host is unknown, which gRPC says in a cause; else the description of the error. */
    public static String of(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case ConnectException refused when String.valueOf(refused.getMessage())
                        .toLowerCase(Locale.ROOT)
                        .contains("refused") -> {
                    return "connection refused";
                }
                case UnknownHostException _ -> {
                    return "no such host";
                }
                default -> {
                    // A cause further down may say more.
                }
            }
        }
        Status status = Status.fromThrowable(error);
        return Optional.ofNullable(status.getDescription()).orElse(status.getCode().name());
    }
}
