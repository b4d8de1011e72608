package dev.nestmap.cli.verb;

import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What all commands of one run share: options, standard input, the store. One thread uses it; its maker closes it. */
public final class Session implements AutoCloseable {
    private final Settings settings;
    private final InputStream input;
    private @Nullable NestmapClient client;

    /** Nothing is sent yet; the input stays the caller's to close. */
    public Session(Settings settings, InputStream input) {
        this.settings = settings;
        this.input = input;
    }

    /** The options of every verb. */
    public Settings settings() {
        return settings;
    }

    /** Standard input. */
    public InputStream input() {
        return input;
    }

    /** The store. Nothing is sent before the first call; closed with this session. */
    public NestmapClient client() throws CommandFailedException {
        if (client == null) {
            client = NestmapClient.connect(clientOptions());
        }
        return client;
    }

    private ClientOptions clientOptions() throws CommandFailedException {
        try {
            ClientOptions clientOptions = ClientOptions.defaults()
                    .withTargets(settings.servers())
                    .withNamespace(settings.namespace());
            return settings.timeout()
                    .map(clientOptions::withTimeout)
                    .orElse(clientOptions);
        } catch (IllegalArgumentException e) {
            throw CommandFailedException.usage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
