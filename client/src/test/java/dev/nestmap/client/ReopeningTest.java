package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.WatchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReopeningTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int ATTEMPTS = 10;

    @Test
    void aRoundOverMembersWithoutALeaderIsFollowedByAPauseThatGrows() {
        ClientOptions options = ClientOptions.defaults().withTargets("127.0.0.1:1", "127.0.0.1:2");
        List<Long> pausesMillis = new ArrayList<>();
        try (LeaderConnections connections = new LeaderConnections(options)) {
            Reopening reopening = new Reopening(connections, PATIENCE, PATIENCE, () -> "watch");
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                ServerStream<?, ?> stream = new ServerStream<>(reopening.next(),
                        MapServiceGrpc.getWatchMethod(), WatchRequest.getDefaultInstance());
                stream.cancel();
                assertEquals(Optional.empty(), reopening.ended(stream,
                        ErrorCodec.error(StoreError.NO_LEADER, "nobody leads")));
                pausesMillis.add(Duration.ofNanos(reopening.pauseNanos()).toMillis());
            }
        }
        // The first pause is so short that a cold start may use it up.
        for (int attempt = 2; attempt < ATTEMPTS; attempt++) {
            long pauseMillis = pausesMillis.get(attempt);
            long longestMillis = 50L << (attempt / 2);
            assertTrue(attempt % 2 == 0
                    ? pauseMillis <= 0
                    : pauseMillis > 0 && pauseMillis <= longestMillis,
                    "attempt %d: %s".formatted(attempt, pausesMillis));
        }
    }
}
