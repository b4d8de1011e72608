package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientOptionsTest {
    @Test
    void targetsWithoutAPortMeanTheDefaultPort() {
        assertEquals(List.of("a.example:7480", "b:1", "[::1]:7480", "[fe80::1]:9"),
                ClientOptions.defaults()
                        .withTargets("a.example", "b:1", "[::1]", "[fe80::1]:9", "a.example:7480")
                        .targets());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":7480", "a:", "a:0", "a:65536", "a:b", "::1", "http://a:1", "a b",
            "a:123456"})
    void whatIsNoAddressIsRefused(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> ClientOptions.defaults().withTargets(text));
        assertEquals(true, String.valueOf(e.getMessage()).startsWith("server \"" + text + "\": "));
    }

    @Test
    void timesAndSizesMustMakeSense() {
        ClientOptions options = ClientOptions.defaults();
        assertThrows(IllegalArgumentException.class, () -> options.withTargets(List.of()));
        assertThrows(IllegalArgumentException.class, () -> options.withTimeout(Duration.ZERO));
        assertThrows(IllegalArgumentException.class,
                () -> options.withPatience(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> options.withMaxMessageBytes(0));
    }
}
