package dev.nestmap.server.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.SnapshotRecord;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/** Reads a snapshot file: first all bytes against the checksum, then what they say. */
public final class SnapshotReader {
    private static final int BUFFER_BYTES = 1 << 16;

    private SnapshotReader() {}

    /**
     * The root that was written.
     *
     * @throws DamagedFileException where the file is not what was written
     * @throws IOException where it is of a newer format
     */
    public static FleetState read(Path file) throws IOException {
        try (DataInputStream in = open(file)) {
            checkHead(file, in);
        }
        checkChecksum(file);
        try (DataInputStream in = open(file)) {
            in.skipNBytes(SnapshotFormat.MAGIC.length + Integer.BYTES);
            return build(in);
        } catch (InvalidMessageException | InvalidProtocolBufferException
                | IllegalArgumentException | IllegalStateException e) {
            throw new DamagedFileException(file,
                    "the checksum is right, but the contents make no sense: " + e.getMessage(), e);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(
                new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
    }

    private static void checkHead(Path file, DataInputStream in) throws IOException {
        byte[] head = in.readNBytes(SnapshotFormat.MAGIC.length);
        if (!Arrays.equals(head, SnapshotFormat.MAGIC)
                || Files.size(file) < SnapshotFormat.MAGIC.length + Integer.BYTES
                        + SnapshotFormat.CHECKSUM_BYTES) {
            throw new DamagedFileException(file, "the file does not begin as a snapshot does");
        }
        int format = in.readInt();
        if (format > SnapshotFormat.FORMAT) {
            throw new IOException(
                    "%s: the snapshot has format %d, this program knows formats up to %d; start the version that wrote it, or a later one (if that number is absurd, the file is damaged)"
                            .formatted(file, format, SnapshotFormat.FORMAT));
        }
    }

    private static void checkChecksum(Path file) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(Files.newInputStream(file),
                new CRC32C());
        try (DataInputStream in = new DataInputStream(checked)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long rest = Files.size(file) - SnapshotFormat.CHECKSUM_BYTES;
            while (rest > 0) {
                int count = (int) Math.min(rest, buffer.length);
                in.readFully(buffer, 0, count);
                rest -= count;
            }
            int calculated = (int) checked.getChecksum().getValue();
            int written = in.readInt();
            if (calculated != written) {
                throw new DamagedFileException(file,
                        "the checksum of its contents is %08x, written is %08x"
                                .formatted(calculated, written));
            }
        }
    }

    private static FleetState build(InputStream in) throws IOException, InvalidMessageException {
        SnapshotBuilder builder = new SnapshotBuilder();
        while (!builder.isComplete()) {
            SnapshotRecord record = SnapshotRecord.parseDelimitedFrom(in);
            if (record == null) {
                throw new InvalidMessageException("the file ends before its last record");
            }
            builder.add(record);
        }
        if (in.readAllBytes().length != SnapshotFormat.CHECKSUM_BYTES) {
            throw new InvalidMessageException("there is something behind the last record");
        }
        return builder.build();
    }
}
