package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Consistency;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.systemtests.rig.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions near the limit on three members that are processes with a heap of 512 MiB each. */
class LargeTransactionTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int VALUE_BYTES = 1 << 20;
    private static final int VALUES = 63;
    private static final int ROUNDS = 3;

    private Processes processes;
    private Members members;
    private NestmapClient client;

    @BeforeEach
    void startThreeMembers() {
        processes = new Processes();
        members = new Members(processes);
        client = Processes.patientClient(members.addresses());
    }

    @AfterEach
    void endThem() {
        try (Processes _ = processes; NestmapClient _ = client) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    @Test
    void sixtyThreeMebibytesPassAgainAndAgainUnderTheSameLeader() {
        Answer<?> created = client.maps()
                .create(MapSpec.of("default", "m", MapType.HASH, 4, VALUE_BYTES, 100));
        long slowestMillis = 0;
        long revision = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Command.Step> steps = steps(round);
            long startNanos = System.nanoTime();
            Answer<TxnOutcome> answer = client.txn(List.of(), steps, List.of());
            slowestMillis = Math.max(slowestMillis,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            answer.value().orThrow();
            assertEquals(created.origin().term(), answer.origin().term(),
                    "the leader has changed");
            revision = answer.revision();
        }
        System.out.printf("%d transactions of %d MiB on three members: at most %d ms each%n",
                ROUNDS, VALUES, slowestMillis);
        for (String address : members.addresses()) {
            long wanted = revision;
            try (NestmapClient one = Processes.patientClient(address)) {
                Await.until(SOON, () -> one.map("m")
                        .reading(Consistency.local())
                        .describe()
                        .revision() == wanted, () -> address + " is behind");
                assertEquals(value(ROUNDS - 1, 7), one.map("m")
                        .reading(Consistency.local())
                        .lookup(Bytes.u32be(7))
                        .value());
            }
        }
    }

    private static List<Command.Step> steps(int round) {
        List<Command.Step> steps = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            steps.add(new Command.Update(new MapRef.ByName("default", "m"), Bytes.u32be(i),
                    value(round, i), 0));
        }
        return steps;
    }

    private static Value value(int round, int index) {
        byte[] bytes = new byte[VALUE_BYTES];
        new Random(1000L * round + index).nextBytes(bytes);
        return new Value.Data(Bytes.wrap(bytes));
    }
}
