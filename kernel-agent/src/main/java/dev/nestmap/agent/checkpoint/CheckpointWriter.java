package dev.nestmap.agent.checkpoint;

import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.Set;

/** Appends records to one file. After an IOException it is to be closed and not used again. For one thread. */
final class CheckpointWriter implements AutoCloseable {
    private final FileChannel channel;
    /** Of the last record. */
    private int checksum;
    private long sizeBytes;

    private CheckpointWriter(FileChannel channel, int checksum, long sizeBytes) {
        this.channel = channel;
        this.checksum = checksum;
        this.sizeBytes = sizeBytes;
    }

    /** Begins a file, which must not be there. Nobody but its owner can read it: it holds what tenants wrote. */
    static CheckpointWriter create(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions
                        .asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        byte[] head = CheckpointFormat.head();
        CheckpointWriter writer = new CheckpointWriter(channel, CheckpointFormat.checksum(head), 0);
        try {
            writer.write(ByteBuffer.wrap(head));
            return writer;
        } catch (IOException e) {
            writer.close();
            throw e;
        }
    }

    /** Goes on with a file behind a record of it, and drops what comes after. */
    static CheckpointWriter resume(Path file, long sizeBytes, int checksum) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        try {
            channel.truncate(sizeBytes).position(sizeBytes);
            return new CheckpointWriter(channel, checksum, sizeBytes);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    void write(MessageLite message) throws IOException {
        byte[] bytes = message.toByteArray();
        checksum = CheckpointFormat.checksum(checksum, bytes);
        write(ByteBuffer.allocate(CheckpointFormat.RECORD_BYTES + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .putInt(checksum)
                .flip());
    }

    void writeAll(Iterator<? extends MessageLite> messages) throws IOException {
        while (messages.hasNext()) {
            write(messages.next());
        }
    }

    private void write(ByteBuffer buffer) throws IOException {
        sizeBytes += buffer.remaining();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Returns when all that was written is on the disk. */
    void force() throws IOException {
        channel.force(true);
    }

    long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
