package dev.nestmap.server.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check of Raft log files before Ratis opens them. Ratis refuses a log whose last entry was being written when the power went,
 * which is no damage: it was never acknowledged. And it takes a length that was changed to one beyond the end of the file for such
 * an entry, and drops all that follows, which is damage. Here the first is cut off and the second refused.
 *
 * <p>A file is {@code RaftLog1}, then entries, then zeros; see SegmentedRaftLogFormat of Ratis, and {@link LogEntryFrame}.
 */
public final class LogFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final String OPEN_SEGMENT = "log_inprogress_";

    private LogFiles() {}

    /**
     * Reads all log files in a directory, and cuts an unfinished last entry off.
     *
     * @throws DamagedFileException names the file and the byte
     */
    public static void check(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> segments = files
                    .filter(file -> String.valueOf(file.getFileName())
                            .matches("log_(inprogress_\\d+|\\d+-\\d+)"))
                    .toList();
            for (Path segment : segments) {
                checkSegment(segment);
            }
        }
    }

    private static void checkSegment(Path file) throws IOException {
        boolean open = String.valueOf(file.getFileName()).startsWith(OPEN_SEGMENT);
        byte[] bytes = Files.readAllBytes(file);
        int end = usedLength(bytes);
        int matching = Arrays.mismatch(bytes, 0, Math.min(bytes.length, HEADER.length), HEADER, 0,
                Math.min(bytes.length, HEADER.length));
        if (matching >= 0 || bytes.length < HEADER.length) {
            if (open && end <= Math.max(matching, 0)) {
                return; // made, but not begun: Ratis removes it
            }
            throw new DamagedFileException(file, "the file does not begin as a log does");
        }
        int position = HEADER.length;
        while (position < end) {
            OptionalInt next = LogEntryFrame.endOf(bytes, position);
            if (next.isEmpty()) {
                cutOrRefuse(file, open, bytes, position, end);
                return;
            }
            position = next.getAsInt();
        }
    }

    /** The length without the zeros at the end. */
    private static int usedLength(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static void cutOrRefuse(Path file, boolean open, byte[] bytes, int position, int end)
            throws IOException {
        if (!open || !LogEntryFrame.isUnfinished(bytes, position, end)) {
            throw new DamagedFileException(file,
                    "the log entry at byte %d does not match its checksum".formatted(position));
        }
        LOG.warn("{}: cut off {} bytes of a log entry at byte {} that was being written when the"
                + " process ended; it was not acknowledged", file, end - position, position);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(position);
            channel.force(true);
        }
    }
}
