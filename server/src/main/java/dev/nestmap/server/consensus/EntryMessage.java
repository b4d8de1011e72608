package dev.nestmap.server.consensus;

import dev.nestmap.proto.v1.LogEntry;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * A log entry on its way into the log. Ratis answers "not the leader" both before an entry entered the log and after; this object,
 * which Ratis hands back right before it appends, tells the two apart.
 */
final class EntryMessage implements Message {
    private final ByteString content;
    private volatile boolean mayBeInLog;

    EntryMessage(LogEntry entry) {
        this.content = UnsafeByteOperations.unsafeWrap(entry.toByteArray());
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    /** Ratis is about to append it. */
    void markAppended() {
        mayBeInLog = true;
    }

    /** False where it certainly is not in the log and will never be. */
    boolean mayBeInLog() {
        return mayBeInLog;
    }
}
