package dev.nestmap.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.verb.CommandFailedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEndpointTest {
    private static HttpResponse<String> send(HttpEndpoint endpoint, String method, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest
                    .newBuilder(URI.create("http://" + endpoint.address() + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void metricsHealthAndReadinessAreServedAndNothingElse() throws Exception {
        try (HttpEndpoint endpoint = HttpEndpoint.bind("127.0.0.1:0")) {
            endpoint.serve(new HttpEndpoint.Pages(() -> "up 1\n", Optional::empty,
                    () -> Optional.of("not yet")));
            HttpResponse<String> metrics = send(endpoint, "GET", "/metrics");
            assertEquals("up 1\n", metrics.body());
            assertEquals("text/plain; version=0.0.4; charset=utf-8",
                    metrics.headers().firstValue("content-type").orElseThrow());
            assertEquals("ok\n", send(endpoint, "GET", "/healthz").body());
            HttpResponse<String> ready = send(endpoint, "GET", "/readyz");
            assertEquals(503, ready.statusCode());
            assertEquals("not yet\n", ready.body());
            assertEquals(404, send(endpoint, "GET", "/metrics/more").statusCode());
            assertEquals(405, send(endpoint, "POST", "/metrics").statusCode());
            HttpResponse<String> head = send(endpoint, "HEAD", "/metrics");
            assertEquals(200, head.statusCode());
            assertEquals("", head.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9100", ":9100", "host", "127.0.0.1:", "127.0.0.1:99999", "::1:9100",
            "127.0.0.1:-1"})
    void aPlaceThatIsNoneIsAUsageError(String address) {
        CommandFailedException e = assertThrows(CommandFailedException.class,
                () -> HttpEndpoint.bind(address).close());
        assertEquals("--metrics " + address + ": must be HOST:PORT, an IPv6 address in brackets",
                e.getMessage());
    }

    @Test
    void aPlaceThatIsTakenIsSaidSo() throws Exception {
        try (HttpEndpoint endpoint = HttpEndpoint.bind("127.0.0.1:0")) {
            CommandFailedException e = assertThrows(CommandFailedException.class,
                    () -> HttpEndpoint.bind(endpoint.address()).close());
            assertTrue(String.valueOf(e.getMessage()).contains(": cannot listen there: "),
                    e.getMessage());
        }
    }
}
