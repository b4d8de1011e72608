package dev.nestmap.server.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unfinished and damaged log files. */
final class LogFilesTest {
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int ZEROS = 512;

    @TempDir
    Path temporary;

    @Test
    void aWholeLogIsLeftAlone() throws IOException {
        byte[] log = log(entry(1, 10), entry(2, 300), entry(3, 5_000));
        assertArrayEquals(log, checked("log_inprogress_0", log));
        assertArrayEquals(log, checked("log_0-2", log));
    }

    @Test
    void anUnfinishedLastEntryIsCutOffWhereverItsWritingStopped() throws IOException {
        byte[] whole = concat(HEADER, entry(1, 10), entry(2, 300));
        byte[] last = entry(3, 200);
        for (int written = 1; written <= last.length - 4; written++) {
            byte[] start = Arrays.copyOf(last, written);
            assertArrayEquals(whole, checked("log_inprogress_0", concat(whole, start)));
            assertArrayEquals(whole,
                    checked("log_inprogress_0", concat(whole, start, new byte[ZEROS])));
        }
    }

    @Test
    void anyFlippedBitIsRefusedAndNothingIsChanged() throws IOException {
        byte[] log = log(entry(1, 10), entry(2, 40), entry(3, 130));
        int end = log.length - ZEROS;
        for (int position = 0; position < end; position++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = log.clone();
                damaged[position] ^= (byte) (1 << bit);
                Path file = temporary.resolve("log_inprogress_0");
                Files.write(file, damaged);
                int at = position;
                DamagedFileException e = assertThrows(DamagedFileException.class,
                        () -> LogFiles.check(temporary), () -> "flipped byte " + at);
                assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
                assertArrayEquals(damaged, Files.readAllBytes(file));
            }
        }
    }

    @Test
    void aClosedFileMustBeWhole() throws IOException {
        byte[] log = concat(HEADER, entry(1, 10), Arrays.copyOf(entry(2, 300), 100));
        Files.write(temporary.resolve("log_0-1"), log);
        assertThrows(DamagedFileException.class, () -> LogFiles.check(temporary));
    }

    @Test
    void aFileThatWasOnlyMadeIsNoDamage() throws IOException {
        for (int length = 0; length <= HEADER.length; length++) {
            byte[] begun = concat(Arrays.copyOf(HEADER, length), new byte[ZEROS]);
            assertEquals(begun.length, checked("log_inprogress_0", begun).length);
        }
    }

    private byte[] checked(String name, byte[] log) throws IOException {
        Path file = temporary.resolve(name);
        Files.write(file, log);
        LogFiles.check(temporary);
        byte[] checked = Files.readAllBytes(file);
        Files.delete(file);
        return checked;
    }

    private static byte[] log(byte[]... entries) {
        return concat(HEADER, concat(entries), new byte[ZEROS]);
    }

    /** As SegmentedRaftLogOutputStream writes it. */
    private static byte[] entry(int seed, int bodyBytes) {
        byte[] body = new byte[bodyBytes];
        new Random(seed).nextBytes(body);
        body[0] = 0x08; // term 5, then the index
        body[1] = 5;
        body[2] = 0x10;
        ByteBuffer out = ByteBuffer.allocate(bodyBytes + 9);
        int rest = bodyBytes;
        while (rest > 0x7f) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest).put(body);
        CRC32C checksum = new CRC32C();
        checksum.update(out.array(), 0, out.position());
        out.putInt((int) checksum.getValue());
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
