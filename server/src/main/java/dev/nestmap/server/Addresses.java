package dev.nestmap.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Addresses as people write them. */
final class Addresses {
    private Addresses() {}

    /** Parses host:port; an IPv6 host stands in brackets. */
    static InetSocketAddress parse(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        if (colon > 0) {
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                String host = text.substring(0, colon);
                String bare = host.startsWith("[") && host.endsWith("]")
                        ? host.substring(1, host.length() - 1)
                        : host;
                return new InetSocketAddress(bare, port);
            } catch (IllegalArgumentException e) {
                throw new IOException("address \"%s\": %s".formatted(text, e.getMessage()), e);
            }
        }
        throw new IOException(
                "address \"%s\": must be HOST:PORT, such as 127.0.0.1:7480".formatted(text));
    }

    /** The innermost message of a failure. */
    static String cause(Throwable error) {
        Throwable innermost = error;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return Optional.ofNullable(innermost.getMessage()).orElseGet(innermost::toString);
    }
}
