package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.proto.v1.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchProgressTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeMember first = new FakeMember();
    private final FakeMember second = new FakeMember();
    private final NestmapClient client = NestmapClient.connect(first.target(), second.target());

    @AfterEach
    void close() {
        client.close();
        first.close();
        second.close();
    }

    @Test
    void progressThatWasAskedForComesBehindTheEventsBeforeIt() throws InterruptedException {
        first.watches.set((request, answers) -> answers.onNext(message(5, 1).build()));
        first.progress.set((request, answers) -> {
            answers.onNext(message(6, 2).build());
            answers.onNext(mark(6, request.getProgressNonce()));
        });
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(5))) {
            assertEquals(5, watch.next().revision());
            long nonce = watch.requestProgress();
            assertEquals(nonce, first.progress.take().getProgressNonce());
            List<WatchEvent> seen = take(watch, 2);
            assertEquals(2, seen.getFirst().changes().getFirst().mapId());
            assertEquals(new WatchEvent(6, false, false, List.of(), nonce), seen.getLast());
        }
    }

    @Test
    void oneRequestForProgressIsOnItsWayAtATimeAndTheNextIsForAllThatWereMadeMeanwhile()
            throws InterruptedException {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        first.watches.set((request, answers) -> answers.onNext(message(5, 1).build()));
        first.progress.set((request, answers) -> {
            gate.join();
            answers.onNext(mark(5, request.getProgressNonce()));
        });
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(5))) {
            assertEquals(5, watch.next().revision());
            long earliest = watch.requestProgress();
            watch.requestProgress();
            long latest = watch.requestProgress();
            gate.complete(null);
            assertEquals(List.of(earliest, latest),
                    take(watch, 2).stream().map(WatchEvent::progressNonce).toList());
            assertEquals(2, first.progress.count());
        }
    }

    @Test
    void aRequestForProgressOnABrokenStreamIsMadeAgainOnTheNext() throws InterruptedException {
        first.watches.set((request, answers) -> answers.onNext(message(5, 1).build()));
        first.progress.set((request, answers) -> answers
                .onError(ErrorCodec.retriable(StoreError.NO_LEADER, "cut off",
                        Optional.of(second.target()), Duration.ofMillis(20))));
        second.watches.set((request, answers) -> answers.onNext(message(6, 1).build()));
        second.progress.set((request, answers) -> answers
                .onNext(mark(6, request.getProgressNonce())));
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(5))) {
            assertEquals(5, watch.next().revision());
            long nonce = watch.requestProgress();
            assertEquals(6, watch.next().revision());
            assertEquals(nonce, watch.next().progressNonce());
            assertEquals(nonce, second.progress.take().getProgressNonce());
        }
    }

    @Test
    void progressAskedForBeforeTheStreamIsOpenIsAskedForWhenItIs() throws InterruptedException {
        first.watches.set((request, answers) -> answers.onNext(message(5, 1).build()));
        first.progress.set((request, answers) -> answers
                .onNext(mark(5, request.getProgressNonce())));
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(5))) {
            long nonce = watch.requestProgress();
            assertEquals(5, watch.next().revision());
            assertEquals(nonce, watch.next().progressNonce());
        }
    }

    private static List<WatchEvent> take(Watch watch, int count) {
        List<WatchEvent> events = new ArrayList<>();
        while (events.size() < count) {
            events.add(watch.poll(LONG)
                    .orElseThrow(() -> new AssertionError("no event in time; saw " + events)));
        }
        return events;
    }

    private static WatchResponse mark(long revision, long nonce) {
        return WatchResponse.newBuilder()
                .setHeader(FakeMember.header(revision))
                .setProgressNonce(nonce)
                .build();
    }

    private static WatchResponse.Builder message(long revision, long mapId) {
        WatchResponse.Builder message = WatchResponse.newBuilder()
                .setHeader(FakeMember.header(revision));
        message.addChangesBuilder().setMapId(mapId).setRemoved(true);
        return message;
    }
}
