package dev.nestmap.client;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses of members in text. */
final class Target {
    /** A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
    private static final Pattern HOST_AND_PORT = Pattern
            .compile("([^:\\s\\[\\]/]+|\\[[0-9A-Fa-f:.%\\w]+])(?::(\\d{1,5}))?");

    private Target() {}

    /** host:port. */
    static String complete(String text) {
        Matcher parts = HOST_AND_PORT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "server \"%s\": must be HOST:PORT, an IPv6 address in brackets"
                            .formatted(text));
        }
        int port = parts.group(2) == null
                ? ClientOptions.DEFAULT_PORT
                : Integer.parseInt(parts.group(2));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "server \"%s\": the port must be 1 to 65535".formatted(text));
        }
        return parts.group(1) + ":" + port;
    }

    /** host:port; empty where the text is no address. */
    static Optional<String> ifValid(String text) {
        try {
            return Optional.of(complete(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
