package dev.nestmap.agent.checkpoint;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.nestmap.agent.follow.DesiredAssembler;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Hello;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a checkpoint as far as it is what was written. For one thread, once. */
final class CheckpointReader {
    private final DataInputStream in;
    private final long sizeBytes;
    private final DesiredAssembler assembler = new DesiredAssembler();
    private @Nullable Hello hello;
    private long readBytes;
    private int checksum;
    private Reading reading = new Reading(Optional.empty(), 0, 0, 0, "", true);

    private CheckpointReader(DataInputStream in, long sizeBytes) {
        this.in = in;
        this.sizeBytes = sizeBytes;
    }

    /**
     * What a file gave.
     *
     * @param saved the last state that it holds whole
     * @param wholeBytes the size of the file up to and with the record that completes its first state
     * @param goodBytes the same of the last state
     * @param checksum of the record that completes the last state
     * @param flaw what is wrong with the rest; empty where nothing is
     * @param cutShort the flaw is no more than that the file ends early, as after a kill or a power cut: it can be appended to
     */
    record Reading(
            Optional<Saved> saved,
            long wholeBytes,
            long goodBytes,
            int checksum,
            String flaw,
            boolean cutShort) {
        private Reading flawed(String words, boolean early) {
            return new Reading(saved, wholeBytes, goodBytes, checksum, words, early);
        }
    }

    /**
     * Reads to the end, or to the first flaw.
     *
     * @param sizeBytes of the file; a record that would be longer is not believed
     * @throws IOException the disk failed
     */
    static Reading read(DataInputStream in, long sizeBytes) throws IOException {
        return new CheckpointReader(in, sizeBytes).read();
    }

    private Reading read() throws IOException {
        byte[] head = in.readNBytes(CheckpointFormat.HEAD_BYTES);
        if (!CheckpointFormat.hasMagic(head)) {
            return reading.flawed("it does not begin as a checkpoint does", false);
        }
        int format = CheckpointFormat.format(head);
        if (format != CheckpointFormat.FORMAT) {
            return reading.flawed(
                    "it has format %s, this program knows formats up to %d: a newer version wrote it, or it is damaged"
                            .formatted(Integer.toUnsignedString(format), CheckpointFormat.FORMAT),
                    false);
        }
        readBytes = head.length;
        checksum = CheckpointFormat.checksum(head);
        while (readBytes < sizeBytes) {
            long left = sizeBytes - readBytes;
            if (left < CheckpointFormat.RECORD_BYTES) {
                return cutShort(left);
            }
            int length = in.readInt();
            if (length < 0 || length > CheckpointFormat.MOST_MESSAGE_BYTES) {
                return damaged("a record of %d bytes".formatted(Integer.toUnsignedLong(length)));
            }
            if (length > left - CheckpointFormat.RECORD_BYTES) {
                return cutShort(left);
            }
            byte[] message = in.readNBytes(length);
            if (message.length < length) {
                return cutShort(left);
            }
            int expected = CheckpointFormat.checksum(checksum, message);
            int written = in.readInt();
            if (expected != written) {
                return damaged("a checksum of %08x, written is %08x".formatted(expected, written));
            }
            checksum = expected;
            readBytes += CheckpointFormat.RECORD_BYTES + length;
            try {
                take(message);
            } catch (InvalidMessageException | InvalidProtocolBufferException
                    | IllegalArgumentException | IllegalStateException e) {
                return damaged("a right checksum, but no sense: " + e.getMessage());
            }
        }
        // Whole messages of a state that was never completed are as good as cut off.
        return readBytes == reading.goodBytes() ? reading : cutShort(0);
    }

    private void take(byte[] message)
            throws InvalidMessageException, InvalidProtocolBufferException {
        Hello whose = hello;
        if (whose == null) {
            hello = Hello.parseFrom(message);
            return;
        }
        FollowResponse response = FollowResponse.parseFrom(message);
        String clusterId = response.getHeader().getClusterId();
        if (clusterId.isEmpty() || !clusterId.equals(whose.getClusterId())) {
            throw new InvalidMessageException("a message of cluster \"%s\" in a file of \"%s\""
                    .formatted(clusterId, whose.getClusterId()));
        }
        Optional<Desired> complete = assembler.accept(response);
        if (complete.isPresent()) {
            long before = reading.saved().map(saved -> saved.desired().revision()).orElse(0L);
            if (complete.get().revision() < before) {
                throw new InvalidMessageException("revision %d after %d"
                        .formatted(complete.get().revision(), before));
            }
            reading = new Reading(Optional.of(new Saved(clusterId, whose.getNode(),
                    whose.getLabelsMap(), whose.getFacts().getPinRoot(), complete.get())),
                    reading.saved().isPresent() ? reading.wholeBytes() : readBytes, readBytes,
                    checksum, "", true);
        }
    }

    private Reading cutShort(long left) {
        return reading.flawed(
                "it ends within a change that was being written: %d bytes are left out"
                        .formatted(readBytes + left - reading.goodBytes()),
                true);
    }

    private Reading damaged(String what) {
        return reading.flawed("it is damaged from byte %d of %d on: %s".formatted(readBytes,
                sizeBytes, what), false);
    }
}
