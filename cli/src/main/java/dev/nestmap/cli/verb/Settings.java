package dev.nestmap.cli.verb;

import dev.nestmap.client.ClientOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of every verb.
 *
 * @param servers host:port of members
 * @param namespace where names of maps are looked up
 * @param givenTimeout null: each verb has its own
 */
public record Settings(List<String> servers, String namespace, @Nullable Duration givenTimeout) {
    /** What is meant without the options and the variables. */
    public static final Settings DEFAULTS = new Settings(
            List.of("127.0.0.1:" + ClientOptions.DEFAULT_PORT), "default", null);

    /** Copies the list. */
    public Settings {
        servers = List.copyOf(servers);
    }

    /** How long the verb may take, where that was said. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(givenTimeout);
    }
}
