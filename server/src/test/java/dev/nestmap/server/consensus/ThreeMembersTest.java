package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of three in one process. */
final class ThreeMembersTest {
    private static final Timings FAST = new Timings(Duration.ofMillis(400), Duration.ofMillis(800),
            Duration.ofMillis(50), Duration.ofMillis(150), Duration.ofSeconds(3),
            Duration.ofMinutes(30));

    @TempDir
    Path temporary;
    private final Failures failures = new Failures();
    private final Map<String, Consensus> running = new TreeMap<>();
    private final Writes writes = new Writes("routes", 1_024);
    private List<MemberConfig.Peer> peers = List.of();

    @BeforeEach
    void startAll() throws Exception {
        List<String> addresses = Waits.freeAddresses(3);
        peers = List.of(new MemberConfig.Peer("a", addresses.get(0), "a:7480"),
                new MemberConfig.Peer("b", addresses.get(1), "b:7480"),
                new MemberConfig.Peer("c", addresses.get(2), "c:7480"));
        for (MemberConfig.Peer peer : peers) {
            start(peer.id());
        }
    }

    @AfterEach
    void nothingWasFatal() {
        Waits.closeAll(running.values());
        assertEquals(List.of(), List.copyOf(failures.messages));
    }

    @Test
    void whenTheLeaderDiesWritesGoOnAndNothingAcknowledgedIsLost() throws Exception {
        String first = leader();
        write(first, 0, 50);
        stop(first);
        String second = leader();
        write(second, 50, 100);
        FleetState found = Waits.get(member(second).linearizable());
        for (int i = 0; i < 100; i++) {
            assertEquals(i, writes.get(found, i));
        }
        start(first);
        awaitEqual(first, second);
    }

    @Test
    void aMemberThatDoesNotLeadNamesTheOneThatDoes() throws Exception {
        String leader = leader();
        String other = follower(leader);
        member(other).awaitLeader(Duration.ofSeconds(20));
        NotLeaderException refusal = assertInstanceOf(NotLeaderException.class,
                Waits.failure(member(other).submit(writes.create())));
        assertEquals(Optional.of(leader + ":7480"), refusal.leaderClientAddress());
        assertInstanceOf(NotLeaderException.class,
                Waits.failure(member(other).linearizable()));
    }

    @Test
    void aMemberThatWasAwayForLongCatchesUpBySnapshot() throws Exception {
        String leader = leader();
        String away = follower(leader);
        write(leader, 0, 5);
        stop(away);
        write(leader, 5, 300);
        assertTrue(Waits.get(member(leader).snapshot()) > 300);
        Waits.until("the log is purged", () -> firstLogIndex(leader) > 10);
        start(away);
        awaitEqual(away, leader);
        assertTrue(member(away).status().snapshotIndex() > 0);
        stop(away);
        start(away);
        awaitEqual(away, leader);
        write(leader, 300, 310);
        awaitEqual(away, leader);
    }

    @Test
    void aLeaderThatIsCutOffNeverGivesAnOldStateAndStepsDownUnderWrites() throws Exception {
        String old = leader();
        write(old, 0, 5);
        try (Cut cut = new Cut()) {
            cut.off(old);
            long cutNanos = System.nanoTime();
            List<CompletableFuture<FleetState>> reads = new ArrayList<>();
            List<CompletableFuture<Committed>> lost = new ArrayList<>();
            Waits.until("the old leader steps down although writes keep coming", () -> {
                reads.add(member(old).linearizable());
                lost.add(member(old).submit(writes.put(1, 999)));
                return !member(old).status().serving();
            });
            long stepDownMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - cutNanos);
            assertTrue(stepDownMillis < 4 * FAST.electionMax().toMillis(),
                    () -> "stepped down only after " + stepDownMillis + " ms");
            String next = leader();
            assertFalse(next.equals(old));
            Waits.get(member(next).submit(writes.put(1, 2)));
            reads.add(member(old).linearizable());
            for (CompletableFuture<FleetState> read : reads) {
                assertInstanceOf(NotLeaderException.class, Waits.failure(read));
            }
            for (CompletableFuture<Committed> write : lost) {
                Throwable failure = Waits.failure(write);
                assertTrue(failure instanceof NotLeaderException
                        || failure instanceof OutcomeUnknownException, failure::toString);
            }
            assertEquals(2, writes.get(Waits.get(member(next).linearizable()), 1));
        }
        awaitEqual(old, leader());
        assertEquals(2, writes.get(member(old).state(), 1));
    }

    @Test
    void aWriteWithAnUnknownOutcomeIsAppliedOnceWhenItIsSentAgain() throws Exception {
        String old = leader();
        write(old, 0, 5);
        Write again = writes.put(1, 77);
        String next;
        try (Cut cut = new Cut()) {
            cut.off(old);
            CompletableFuture<Committed> unknown = member(old).submit(again);
            assertInstanceOf(OutcomeUnknownException.class, Waits.failure(unknown));
            Waits.until("another leads", () -> running.entrySet()
                    .stream()
                    .anyMatch(m -> !m.getKey().equals(old) && m.getValue().status().serving()));
            next = leader();
            long revision = Waits.get(member(next).submit(again)).revision();
            assertEquals(revision, Waits.get(member(next).submit(again)).revision());
            assertEquals(77, writes.get(member(next).state(), 1));
        }
        awaitEqual(old, leader());
    }

    @Test
    void oneBarrierServesManyReads() throws Exception {
        Consensus leader = member(leader());
        Waits.get(leader.submit(writes.create()));
        long before = leader.status().appliedIndex();
        List<CompletableFuture<FleetState>> reads = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            reads.add(leader.linearizable());
        }
        for (CompletableFuture<FleetState> read : reads) {
            assertEquals(1, Waits.get(read).revision());
        }
        assertTrue(leader.status().appliedIndex() - before < 2_500);
    }

    @Test
    void theMembersPortIsForMembersOnly() throws Exception {
        String leader = leader();
        RaftGroup group = RaftGroup.valueOf(
                RaftGroupId.valueOf(UUID.fromString(member(leader).status().clusterId())),
                peers.stream()
                        .map(peer -> RaftPeer.newBuilder()
                                .setId(peer.id())
                                .setAddress(peer.raftAddress())
                                .build())
                        .toList());
        try (RaftClient stranger = RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(group)
                .setRetryPolicy(RetryPolicies.noRetry())
                .build()) {
            IOException e = assertThrows(IOException.class,
                    () -> stranger.getGroupManagementApi(RaftPeerId.valueOf(leader))
                            .remove(group.getGroupId(), true, false));
            assertTrue(e.toString().contains("PERMISSION_DENIED"), e::toString);
        }
        write(leader, 0, 1);
    }

    private void write(String memberId, int from, int to) throws Exception {
        Consensus member = member(memberId);
        if (from == 0) {
            Waits.get(member.submit(writes.create()));
        }
        for (int i = from; i < to; i++) {
            Waits.get(member.submit(writes.put(i, i)));
        }
    }

    /** Compared while nothing is written. */
    private void awaitEqual(String one, String other) {
        Waits.until(one + " is equal to " + other, () -> Waits.equalStates(member(one).state(),
                member(other).state()));
    }

    private String leader() {
        Waits.until("a member leads", () -> serving().isPresent());
        return serving().orElseThrow();
    }

    private Optional<String> serving() {
        return running.entrySet()
                .stream()
                .filter(member -> member.getValue().status().serving())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private String follower(String leader) {
        return running.keySet().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    }

    private Consensus member(String id) {
        return java.util.Objects.requireNonNull(running.get(id));
    }

    private void start(String id) throws IOException {
        MemberConfig.Peer self = peers.stream()
                .filter(p -> p.id().equals(id))
                .findFirst()
                .orElseThrow();
        MemberConfig config = new MemberConfig(id, temporary.resolve(id), self.raftAddress(),
                self.clientAddress(), peers).with(FAST)
                .with(SingleMemberTest.limits(1 << 16, 10_000, 1_000_000));
        running.put(id, Consensus.start(config, failures));
    }

    private void stop(String id) {
        Consensus member = running.remove(id);
        if (member != null) {
            member.close();
        }
    }

    private long firstLogIndex(String id) {
        try (Stream<Path> files = Files.walk(temporary.resolve(id))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("log_\\d+-\\d+|log_inprogress_\\d+"))
                    .mapToLong(name -> Long
                            .parseLong(name.replaceAll("log_(inprogress_)?(\\d+).*", "$2")))
                    .min()
                    .orElse(-1);
        } catch (IOException | java.io.UncheckedIOException e) {
            return -1; // a file went away while we looked
        }
    }
}
