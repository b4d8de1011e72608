package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.FakeMember.Reaction;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.Member;
import dev.nestmap.proto.v1.StatusResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DiscoveryTest {
    private final FakeMember follower = new FakeMember();
    private final FakeMember leader = new FakeMember();

    @AfterEach
    void closeMembers() {
        follower.close();
        leader.close();
    }

    @Test
    void aClientOfAFollowerLearnsTheLeaderAndGoesThere() {
        follower.statuses.set(Reaction.answer(members("m1")));
        leader.statuses.set(Reaction.answer(StatusResponse.newBuilder()
                .setHeader(FakeMember.header(1))
                .setServing(true)
                .build()));
        try (NestmapClient client = NestmapClient.connect(follower.target())) {
            while (leader.updates.count() == 0) {
                var _ = client.map("m").update(Bytes.u32le(1), new Value.Data(Bytes.u64le(1)));
            }
            assertEquals(List.of(follower.target(), leader.target()),
                    client.connections().targets());
        }
        assertEquals(1, follower.statuses.count(), "asked once for each term");
    }

    @Test
    void anAddressBehindWhichAnotherClusterAnswersIsNotUsed() throws InterruptedException {
        follower.statuses.set(Reaction.answer(members("m1")));
        leader.statuses.set(Reaction.answer(StatusResponse.newBuilder()
                .setHeader(FakeMember.header("another", 1, 1))
                .setServing(true)
                .build()));
        try (NestmapClient client = NestmapClient.connect(follower.target())) {
            var _ = client.map("m").update(Bytes.u32le(1), new Value.Data(Bytes.u64le(1)));
            var _ = leader.statuses.take();
            for (int i = 0; i < 100; i++) {
                var _ = client.map("m").update(Bytes.u32le(1), new Value.Data(Bytes.u64le(1)));
            }
            assertEquals(List.of(follower.target()), client.connections().targets());
        }
        assertTrue(leader.updates.count() == 0);
    }

    private StatusResponse members(String asked) {
        return StatusResponse.newBuilder()
                .setHeader(FakeMember.header(1))
                .setLeaderId("m2")
                .addMembers(Member.newBuilder().setId(asked).setClientAddress(follower.target()))
                .addMembers(Member.newBuilder().setId("m2").setClientAddress(leader.target()))
                .build();
    }
}
