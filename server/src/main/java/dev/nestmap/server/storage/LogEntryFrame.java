package dev.nestmap.server.storage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/** One entry in a log file: its length as a protobuf varint, the entry, and the CRC-32C of both, four bytes, big-endian. */
final class LogEntryFrame {
    private static final int CHECKSUM_BYTES = 4;
    private static final int LENGTH_BYTES_MAX = 5;
    /** Field 1 (the term, never 0) comes first in every entry, ... */
    private static final byte FIRST_TAG = 0x08;
    /** ... then field 2 (the index, left out where it is 0) or one of the kinds of content, fields 3 to 5. */
    private static final byte[] SECOND_TAGS = {0x10, 0x1a, 0x22, 0x2a};

    private LogEntryFrame() {}

    /** Where the next entry would begin; empty where there is no whole entry at the position. */
    static OptionalInt endOf(byte[] bytes, int position) {
        long body = bodyAndLength(bytes, position);
        int start = (int) (body >>> 32);
        long checksumAt = start + (body & 0xffff_ffffL);
        if (start == 0 || start >= bytes.length || checksumAt + CHECKSUM_BYTES > bytes.length
                || !beginsLikeAnEntry(bytes, start)) {
            return OptionalInt.empty();
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, position, (int) checksumAt - position);
        return ByteBuffer.wrap(bytes).getInt((int) checksumAt) == (int) checksum.getValue()
                ? OptionalInt.of((int) checksumAt + CHECKSUM_BYTES)
                : OptionalInt.empty();
    }

    /** Tells most places from an entry without a checksum over megabytes: every byte of a torn large entry is tried. */
    private static boolean beginsLikeAnEntry(byte[] bytes, int start) {
        if (bytes[start] != FIRST_TAG) {
            return false;
        }
        int second = start + 1;
        while (second < bytes.length && bytes[second] < 0) {
            second++;
        }
        second++;
        return second < bytes.length && Arrays.binarySearch(SECOND_TAGS, bytes[second]) >= 0;
    }

    /**
     * True where what stands between the position and the end of the used bytes can only be the beginning of an entry: it has no
     * checksum yet, and nothing whole comes after it. An entry that is there to its last byte but wrong is damaged.
     */
    static boolean isUnfinished(byte[] bytes, int position, int usedEnd) {
        for (int later = position + 1; later < usedEnd; later++) {
            if (endOf(bytes, later).isPresent()) {
                return false;
            }
        }
        long body = bodyAndLength(bytes, position);
        if (body == 0) {
            return position + LENGTH_BYTES_MAX > bytes.length;
        }
        long checksumAt = (body >>> 32) + (body & 0xffff_ffffL);
        return checksumAt >= usedEnd && !isWholeButForItsLength(bytes, position, usedEnd);
    }

    /** Tries the lengths that end the entry with the used bytes, or up to three zeros (of the checksum) later. */
    private static boolean isWholeButForItsLength(byte[] bytes, int position, int usedEnd) {
        for (int lengthBytes = 1; lengthBytes <= LENGTH_BYTES_MAX; lengthBytes++) {
            int start = position + lengthBytes;
            for (int zeros = 0; zeros < CHECKSUM_BYTES; zeros++) {
                int checksumAt = usedEnd + zeros - CHECKSUM_BYTES;
                if (checksumAt <= start || checksumAt + CHECKSUM_BYTES > bytes.length) {
                    continue;
                }
                byte[] length = varint(checksumAt - start);
                CRC32C checksum = new CRC32C();
                checksum.update(length);
                checksum.update(bytes, start, checksumAt - start);
                if (length.length == lengthBytes && ByteBuffer.wrap(bytes)
                        .getInt(checksumAt) == (int) checksum.getValue()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] varint(int value) {
        ByteBuffer encoded = ByteBuffer.allocate(LENGTH_BYTES_MAX);
        int rest = value;
        while (rest > 0x7f) {
            encoded.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        encoded.put((byte) rest);
        return Arrays.copyOf(encoded.array(), encoded.position());
    }

    /** Where the body starts (upper half) and its length (lower half); 0 where the length is no varint or negative. */
    private static long bodyAndLength(byte[] bytes, int position) {
        long length = 0;
        for (int i = 0; i < LENGTH_BYTES_MAX && position + i < bytes.length; i++) {
            byte b = bytes[position + i];
            length |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                return length > Integer.MAX_VALUE ? 0 : (long) (position + i + 1) << 32 | length;
            }
        }
        return 0;
    }
}
