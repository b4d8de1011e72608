package dev.nestmap.agent.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A checkpoint file: the magic, the format, and records. The first record is a nestmap.v1.Hello (whose state this is), each other a
 * nestmap.v1.FollowResponse; together they lead to the state. Numbers have four bytes, big-endian:
 *
 * <pre>
 * length   of the message
 * message
 * checksum CRC-32C of the checksum before (of the first record: of magic and format), the length and the message
 * </pre>
 *
 * <p>A file is only ever appended to, or replaced whole. As the checksums are a chain, what can be read is what was written, up to
 * some record: nothing can be missing, twice or in another order before it.
 */
final class CheckpointFormat {
    /** The format that this program writes, and the newest that it reads. */
    static final int FORMAT = 1;
    /** A message that is longer was not written here. */
    static final int MOST_MESSAGE_BYTES = 64 << 20;
    static final int RECORD_BYTES = 2 * Integer.BYTES;
    static final int HEAD_BYTES = 8 + Integer.BYTES;

    private static final byte[] MAGIC = "NESTCKPT".getBytes(StandardCharsets.US_ASCII);

    private CheckpointFormat() {}

    static byte[] head() {
        return ByteBuffer.allocate(HEAD_BYTES).put(MAGIC).putInt(FORMAT).array();
    }

    static boolean hasMagic(byte[] head) {
        return head.length == HEAD_BYTES
                && ByteBuffer.wrap(head, 0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    static int format(byte[] head) {
        return ByteBuffer.wrap(head).getInt(MAGIC.length);
    }

    /** What the chain of checksums begins with. */
    static int checksum(byte[] head) {
        CRC32C checksum = new CRC32C();
        checksum.update(head);
        return (int) checksum.getValue();
    }

    static int checksum(int before, byte[] message) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(before)
                .putInt(message.length)
                .flip());
        checksum.update(message);
        return (int) checksum.getValue();
    }
}
