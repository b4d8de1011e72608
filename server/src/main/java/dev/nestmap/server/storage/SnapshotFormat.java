package dev.nestmap.server.storage;

import java.nio.charset.StandardCharsets;

/**
 * A snapshot file: the magic, the format (four bytes, big-endian), records (nestmap.v1.SnapshotRecord, each after its length as a
 * varint) from head to tail, and the CRC-32C of all that, four bytes, big-endian.
 */
final class SnapshotFormat {
    static final byte[] MAGIC = "NESTSNAP".getBytes(StandardCharsets.US_ASCII);
    /** The format that this program writes, and the newest that it reads. */
    static final int FORMAT = 1;
    static final int CHECKSUM_BYTES = 4;
    /** Bounds what is in memory of a map while it is written or read. */
    static final int CHUNK_BYTES = 256 * 1024;

    private SnapshotFormat() {}
}
