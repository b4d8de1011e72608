package dev.nestmap.cli.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Option;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * What a daemon says over HTTP: {@code /metrics} for Prometheus, {@code /healthz} and {@code /readyz} for whoever starts it anew
 * or sends it work. It reads nothing but the first line of a request, and a few connections at a time.
 */
final class HttpEndpoint implements AutoCloseable {
    static final Option OPTION = Option.value("--metrics", "HOST:PORT",
            "Serve /metrics (Prometheus), /healthz and /readyz over HTTP there; without authentication; default: nowhere");

    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final int BACKLOG = 16;
    private static final int HTTP_OK = 200;
    private static final int HTTP_NOT_FOUND = 404;
    private static final int HTTP_NOT_ALLOWED = 405;
    private static final int HTTP_UNAVAILABLE = 503;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("nestmap-http-", 0).factory());

    /**
     * What is said.
     *
     * @param metrics all series, in the text format of Prometheus
     * @param unhealthy why it should be started anew; empty while it can go on
     * @param unready why it should not be relied on; empty while it can be
     */
    record Pages(
            Supplier<String> metrics,
            Supplier<Optional<String>> unhealthy,
            Supplier<Optional<String>> unready) {}

    private record Answer(int status, String type, String text) {}

    private HttpEndpoint(HttpServer server) {
        this.server = server;
    }

    /** Takes HOST:PORT, with port 0 any that is free, and answers nobody yet. */
    static HttpEndpoint bind(String address) throws CommandFailedException {
        // Read by the server of the JDK when its first one is made: connections, and seconds for a request and an answer.
        System.setProperty("jdk.httpserver.maxConnections", "64");
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "30");
        InetSocketAddress place = parsed(address);
        try {
            return new HttpEndpoint(HttpServer.create(place, BACKLOG));
        } catch (IOException e) {
            throw CommandFailedException.failed("%s %s: cannot listen there: %s"
                    .formatted(OPTION.name(), address, e.getMessage()));
        }
    }

    /** Begins to answer; once. */
    void serve(Pages pages) {
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(exchange, pages));
        server.start();
    }

    /** HOST:PORT as it is reached. */
    String address() {
        InetSocketAddress bound = server.getAddress();
        String host = bound.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
    }

    private static InetSocketAddress parsed(String address) throws CommandFailedException {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        String port = address.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535
                || (host.contains(":") && !bracketed)) {
            throw CommandFailedException.usage(
                    "%s %s: must be HOST:PORT, an IPv6 address in brackets".formatted(
                            OPTION.name(), address));
        }
        InetSocketAddress place = new InetSocketAddress(
                bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
        if (place.isUnresolved()) {
            throw CommandFailedException.usage("%s %s: there is no host of that name"
                    .formatted(OPTION.name(), address));
        }
        return place;
    }

    private static void handle(HttpExchange exchange, Pages pages) throws IOException {
        try (exchange) {
            boolean head = exchange.getRequestMethod().equals("HEAD");
            Answer answer = head || exchange.getRequestMethod().equals("GET")
                    ? answer(exchange.getRequestURI().getPath(), pages)
                    : new Answer(HTTP_NOT_ALLOWED, PLAIN, "only GET and HEAD\n");
            byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static Answer answer(String path, Pages pages) {
        return switch (path) {
            case "/metrics" -> new Answer(HTTP_OK, METRICS_TYPE, pages.metrics().get());
            case "/healthz" -> verdict(pages.unhealthy().get());
            case "/readyz" -> verdict(pages.unready().get());
            default -> new Answer(HTTP_NOT_FOUND, PLAIN, "there are /metrics, /healthz, /readyz\n");
        };
    }

    private static Answer verdict(Optional<String> problem) {
        return problem.map(words -> new Answer(HTTP_UNAVAILABLE, PLAIN, words + "\n"))
                .orElseGet(() -> new Answer(HTTP_OK, PLAIN, "ok\n"));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
