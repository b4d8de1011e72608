package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.map.MapType;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Running;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process with a cache that is stopped for longer than its bound serves nothing older when it goes on. */
class StoppedReaderTest {
    static final String MAP = "stopped";
    static final Duration STALENESS = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(3);
    private static final int ROUNDS = 3;

    /** When each value was acknowledged; the first is 0 and absent. */
    private final List<Long> acknowledgedNanos = new ArrayList<>(List.of(Long.MIN_VALUE));

    @Test
    void aStoppedProcessServesNothingOlderThanItsBound() {
        try (Processes processes = new Processes()) {
            String address = Processes.freeAddress();
            processes.dev(address);
            try (NestmapClient client = Processes.patientClient(address)) {
                BpfMap<Integer, Long> map = BpfMap.create(client, MAP, MapType.HASH, 8,
                        Codecs.index(), Codecs.u64(ByteOrder.LITTLE_ENDIAN));
                write(map);
                Running reader = processes.track(Processes.java(StoppedReader.class, address)
                        .start());
                String pid = Long.toString(reader.process().pid());
                reader.awaitOutput("clock coarse: true", Processes.START);
                for (int round = 0; round < ROUNDS; round++) {
                    awaitNewest(map, reader);
                    Command.of("kill", "-STOP", pid).run();
                    long untilNanos = System.nanoTime() + STOP.toNanos();
                    Await.until(Processes.START, () -> {
                        write(map);
                        return System.nanoTime() - untilNanos > 0;
                    }, () -> "time stands still");
                    Command.of("kill", "-CONT", pid).run();
                }
                awaitNewest(map, reader);
                check(reader);
            }
        }
    }

    private void write(BpfMap<Integer, Long> map) {
        map.put(0, (long) acknowledgedNanos.size());
        acknowledgedNanos.add(System.nanoTime());
    }

    private void awaitNewest(BpfMap<Integer, Long> map, Running reader) {
        write(map);
        String value = " " + (acknowledgedNanos.size() - 1) + "\n";
        Await.until(Processes.START, () -> {
            String out = reader.out();
            return out.lines()
                    .anyMatch(line -> line.startsWith("cache") && (line + "\n")
                            .endsWith(value))
                    && out.lines()
                            .anyMatch(line -> line.startsWith("mirror") && (line + "\n")
                                    .endsWith(value));
        }, () -> "the reader does not come to the newest value");
    }

    private void check(Running reader) {
        int reads = 0;
        for (String line : reader.out().lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length != 3 || words[2].isEmpty() || words[0].equals("clock")) {
                continue;
            }
            long beginNanos = Long.parseLong(words[1]);
            int next = Integer.parseInt(words[2]) + 1;
            long sinceNanos = next < acknowledgedNanos.size()
                    ? beginNanos - acknowledgedNanos.get(next)
                    : 0;
            assertTrue(sinceNanos <= STALENESS.toNanos(), () -> line + ": value " + next
                    + " was acknowledged " + Duration.ofNanos(sinceNanos) + " before");
            reads++;
        }
        System.out.printf("%d reads of a process that was stopped %d times for %d ms%n", reads,
                ROUNDS, STOP.toMillis());
        assertTrue(reads > ROUNDS);
    }
}
