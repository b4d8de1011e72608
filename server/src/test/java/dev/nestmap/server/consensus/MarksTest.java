package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.WatchResponse;
import dev.nestmap.server.feed.AskedKeys;
import dev.nestmap.server.feed.Feed;
import dev.nestmap.server.feed.RecordingObserver;
import dev.nestmap.server.feed.States;
import dev.nestmap.server.feed.Watched;
import dev.nestmap.server.feed.Watcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Marks that a watcher asks a leader for which does not know yet that it is none any more. */
final class MarksTest {
    private static final Timings FAST = new Timings(Duration.ofMillis(400), Duration.ofMillis(800),
            Duration.ofMillis(50), Duration.ofMillis(150), Duration.ofSeconds(3),
            Duration.ofMinutes(30));

    @TempDir
    Path temporary;
    private final Failures failures = new Failures();
    private final Map<String, Consensus> members = new TreeMap<>();
    private final Writes writes = new Writes("routes", 8);

    @AfterEach
    void nothingWasFatal() {
        Waits.closeAll(members.values());
        assertEquals(List.of(), List.copyOf(failures.messages));
    }

    @Test
    void aLeaderThatWasCutOffSendsNoMark() throws Exception {
        start();
        Consensus old = leader(Optional.empty());
        Waits.get(old.submit(writes.create()));
        RecordingObserver<WatchResponse> stream = new RecordingObserver<>();
        Watcher watcher = watch(old, stream);
        watcher.ask(1);
        WatchResponse mark = stream.next();
        while (mark.getProgressNonce() == 0) {
            mark = stream.next();
        }
        assertEquals(1, mark.getHeader().getRevision());
        try (Cut cut = new Cut()) {
            cut.off(old.status().memberId());
            watcher.ask(2);
            Consensus next = leader(Optional.of(old));
            long revision = Waits.get(next.submit(writes.put(1, 1))).revision();
            assertEquals(2, revision);
            watcher.ask(3);
            Throwable end = stream.error();
            assertInstanceOf(NotLeaderException.class,
                    end instanceof CompletionException ? end.getCause() : end);
            assertTrue(stream.messages.stream().allMatch(m -> m.getProgressNonce() == 0),
                    stream.messages::toString);

            RecordingObserver<WatchResponse> fresh = new RecordingObserver<>();
            watch(next, fresh).ask(4);
            WatchResponse message = fresh.next();
            while (message.getProgressNonce() == 0) {
                message = fresh.next();
            }
            assertEquals(revision, message.getHeader().getRevision());
        }
    }

    private static Watcher watch(Consensus member, RecordingObserver<WatchResponse> stream) {
        Feed feed = new Feed(new States() {
            @Override
            public FleetState newest() {
                return member.state();
            }

            @Override
            public Optional<FleetState> at(long revision) {
                return member.root(revision);
            }

            @Override
            public Header header(long revision) {
                return Header.newBuilder().setRevision(revision).build();
            }
        });
        var _ = member.onCommit(state -> feed.wake());
        Watcher watcher = feed.watcher(stream, member::linearizable);
        watcher.begin(new Watched("", 0, AskedKeys.ALL, 1, false));
        return watcher;
    }

    private Consensus leader(Optional<Consensus> otherThan) {
        Waits.until("a member leads", () -> serving(otherThan).isPresent());
        return serving(otherThan).orElseThrow();
    }

    private Optional<Consensus> serving(Optional<Consensus> otherThan) {
        return members.values()
                .stream()
                .filter(member -> member.status().serving()
                        && !otherThan.equals(Optional.of(member)))
                .findFirst();
    }

    private void start() throws Exception {
        List<String> addresses = Waits.freeAddresses(3);
        List<MemberConfig.Peer> peers = List.of(
                new MemberConfig.Peer("a", addresses.get(0), "a:7480"),
                new MemberConfig.Peer("b", addresses.get(1), "b:7480"),
                new MemberConfig.Peer("c", addresses.get(2), "c:7480"));
        for (MemberConfig.Peer peer : peers) {
            members.put(peer.id(),
                    Consensus.start(new MemberConfig(peer.id(), temporary.resolve(peer.id()),
                            peer.raftAddress(), peer.clientAddress(), peers).with(FAST)
                            .with(SingleMemberTest.limits(1 << 16, 10_000, 1_000_000)),
                            failures));
        }
    }
}
