package dev.nestmap.server.storage;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.SnapshotRecord;
import dev.nestmap.server.fuzz.Damage;
import dev.nestmap.server.fuzz.FuzzRun;
import dev.nestmap.server.fuzz.RandomMessages;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in the data directory that nobody of ours wrote, with checksums that are right: a state or an IOException, never more. */
final class SnapshotFuzzTest {
    private static final int BODY = SnapshotFormat.MAGIC.length + Integer.BYTES;
    private static final int ZEROS = 64;

    @TempDir
    Path temporary;

    @Test
    void aDamagedSnapshotIsAStateOrARefusal() throws IOException {
        Path file = temporary.resolve("snapshot");
        SnapshotWriter.write(SnapshotFileTest.small(), file);
        byte[] whole = Files.readAllBytes(file);
        byte[] body = Arrays.copyOfRange(whole, BODY, whole.length - SnapshotFormat.CHECKSUM_BYTES);
        FuzzRun.of("snapshots", random -> read(file,
                random.nextBoolean() ? Damage.of(body, random) : randomRecords(random)));
    }

    @Test
    void aDamagedLogFileIsMendedOrRefused() {
        Path file = temporary.resolve("log_inprogress_0");
        FuzzRun.of("log files", random -> {
            byte[] log = randomLog(random);
            Files.write(file, Damage.of(log, random));
            try {
                LogFiles.check(temporary);
            } catch (DamagedFileException expected) {
                // That is one of the two answers.
            }
            Files.delete(file);
        });
    }

    private static void read(Path file, byte[] body) throws IOException {
        byte[] head = new byte[BODY];
        System.arraycopy(SnapshotFormat.MAGIC, 0, head, 0, SnapshotFormat.MAGIC.length);
        head[BODY - 1] = SnapshotFormat.FORMAT;
        CRC32C checksum = new CRC32C();
        checksum.update(head);
        checksum.update(body);
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.write(head);
            out.write(body);
            out.writeInt((int) checksum.getValue());
        }
        try {
            FleetState state = SnapshotReader.read(file);
            var _ = state.find(new MapRef.ByName("default", "a"));
        } catch (IOException expected) {
            // That is one of the two answers.
        }
    }

    private static byte[] randomRecords(Random random) throws IOException {
        RandomMessages messages = new RandomMessages(random);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int records = random.nextInt(6);
        for (int i = 0; i <= records; i++) {
            SnapshotRecord.Builder record = messages.like(SnapshotRecord.getDefaultInstance())
                    .toBuilder();
            if (i == 0) {
                record.getHeadBuilder().setFormat(SnapshotFormat.FORMAT);
            } else if (i == records) {
                record.getTailBuilder().setRecords(i);
            }
            record.build().writeDelimitedTo(out);
        }
        return out.toByteArray();
    }

    private static byte[] randomLog(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("RaftLog1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        for (int entries = random.nextInt(5); entries > 0; entries--) {
            byte[] framed = new byte[2 + random.nextInt(120)];
            random.nextBytes(framed);
            framed[0] = (byte) (framed.length - 1);
            framed[1] = 0x08;
            CRC32C checksum = new CRC32C();
            checksum.update(framed);
            out.writeBytes(framed);
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .putInt((int) checksum.getValue())
                    .array());
        }
        out.writeBytes(new byte[random.nextInt(ZEROS)]);
        return out.toByteArray();
    }
}
