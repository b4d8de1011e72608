package dev.nestmap.agent.checkpoint;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.proto.v1.FollowResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Checkpoints that nobody of ours wrote, with checksums that are right: a state or a flaw, never more.
 * {@code -Dnestmap.fuzz.seconds=600} for a longer run, {@code -Dnestmap.fuzz.seed=N} from another seed.
 */
final class CheckpointFuzzTest {
    private static final String CLUSTER = "c";
    private static final Duration LIMIT = Duration
            .ofSeconds(Integer.getInteger("nestmap.fuzz.seconds", 8));
    private static final long FIRST_SEED = Long.getLong("nestmap.fuzz.seed", 1);

    @Test
    void changedMessagesAreAStateOrAFlaw() throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        long seed = FIRST_SEED;
        long whole = 0;
        long flawed = 0;
        while (System.nanoTime() - end < 0) {
            Random random = new Random(seed);
            byte[] file = file(random, seed);
            try {
                var reading = CheckpointReader
                        .read(new DataInputStream(new ByteArrayInputStream(file)), file.length);
                if (reading.flaw().isEmpty()) {
                    whole++;
                } else {
                    flawed++;
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dnestmap.fuzz.seed=%d: %s".formatted(seed, e), e);
            }
            seed++;
        }
        System.out.printf("fuzzed checkpoints: %d rounds from seed %d in %d s, %d of them whole,"
                + " %d flawed%n", seed - FIRST_SEED, FIRST_SEED, LIMIT.toSeconds(), whole, flawed);
        Assertions.assertTrue(whole > 0 && flawed > 0, "this tests nothing");
    }

    private static byte[] file(Random random, long seed) throws IOException {
        RandomStates states = new RandomStates(seed);
        List<byte[]> messages = new ArrayList<>();
        messages.add(CheckpointFileTest.HELLO.toBuilder()
                .setClusterId(CLUSTER)
                .build()
                .toByteArray());
        Desired before = Desired.NOTHING;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            Desired next = states.next();
            (messages.size() == 1
                    ? DifferenceMessages.snapshot(CLUSTER, next)
                    : DifferenceMessages.between(CLUSTER, before, next))
                    .forEachRemaining(message -> messages.add(message.toByteArray()));
            before = next;
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(messages.size());
            messages.set(at, changed(messages.get(at), random));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] head = CheckpointFormat.head();
        out.write(head);
        int checksum = CheckpointFormat.checksum(head);
        for (byte[] message : messages) {
            checksum = CheckpointFormat.checksum(checksum, message);
            out.writeInt(message.length);
            out.write(message);
            out.writeInt(checksum);
        }
        byte[] file = bytes.toByteArray();
        return random.nextInt(8) == 0 ? changed(file, random) : file;
    }

    private static byte[] changed(byte[] message, Random random) {
        if (message.length == 0) {
            return new byte[]{(byte) random.nextInt()};
        }
        byte[] changed = message.clone();
        int at = random.nextInt(changed.length);
        switch (random.nextInt(5)) {
            case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed[at] = (byte) random.nextInt();
            case 2 -> {
                return Arrays.copyOf(changed, at);
            }
            case 3 -> System.arraycopy(changed, 0, changed, at, changed.length - at);
            default -> {
                return confused(message, random);
            }
        }
        return changed;
    }

    /** A message that makes other sense than it should. */
    private static byte[] confused(byte[] message, Random random) {
        try {
            FollowResponse.Builder response = FollowResponse.parseFrom(message).toBuilder();
            for (var change : response.getChangesBuilderList()) {
                switch (random.nextInt(6)) {
                    case 0 -> change.setMapId(random.nextInt(5));
                    case 1 -> change.clearInfo();
                    case 2 -> change.getInfoBuilder().setId(random.nextInt());
                    case 3 -> change.getInfoBuilder().getSpecBuilder().setKeySize(random.nextInt());
                    case 4 -> change.getInfoBuilder()
                            .getSpecBuilder()
                            .getTypeBuilder()
                            .setNumber(random.nextInt(40));
                    default -> change.setRemoved(true);
                }
            }
            return response.setMore(random.nextInt(4) == 0)
                    .setSnapshot(random.nextInt(4) == 0)
                    .build()
                    .toByteArray();
        } catch (InvalidProtocolBufferException e) {
            return new byte[0];
        }
    }
}
