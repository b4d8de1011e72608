package dev.nestmap.server.consensus;

import com.google.protobuf.CodedInputStream;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.LogEntry;
import dev.nestmap.server.storage.Durable;
import dev.nestmap.server.storage.SnapshotReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis calls: entries in the order of the log, snapshots, failures. Ratis uses one thread for everything that changes the
 * state; an exception there ends the replica, because applying half of an entry or skipping one would make members differ.
 */
final class FleetStateMachine extends BaseStateMachine {
    private static final CompletableFuture<Message> APPLIED = CompletableFuture
            .completedFuture(Message.EMPTY);

    /** Told of every applied entry, on the thread that applies. */
    @FunctionalInterface
    interface Listener {
        void applied(LogEntry entry, List<Committed> results, FleetState after);
    }

    private final SimpleStateMachineStorage storage;
    private final PublishedStates states;
    private final SnapshotKeeper snapshots;
    private final Listener listener;
    private final FatalOnce fatal;
    /** Written by the thread that applies. */
    private volatile Applied applied = Applied.NOTHING;

    FleetStateMachine(SimpleStateMachineStorage storage, PublishedStates states,
            SnapshotKeeper snapshots,
            Listener listener, FatalOnce fatal) {
        this.storage = storage;
        this.states = states;
        this.snapshots = snapshots;
        this.listener = listener;
        this.fatal = fatal;
    }

    /** The newest root and where in the log it stands. */
    Applied applied() {
        return applied;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage)
            throws IOException {
        getLifeCycle().startAndTransition(() -> {
            super.initialize(server, groupId, raftStorage);
            Path directory = raftStorage.getStorageDir().getStateMachineDir().toPath();
            SnapshotKeeper.removeUnfinished(directory);
            storage.init(raftStorage);
            load();
        }, IOException.class);
    }

    /** Called before Ratis puts the leader's snapshot in the place of ours. */
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /** Called after that. */
    @Override
    public void reinitialize() throws IOException {
        try {
            getLifeCycle().startAndTransition(() -> {
                SingleFileSnapshotInfo installed = storage.loadLatestSnapshot();
                if (installed != null) {
                    // Ratis forces neither the files nor their names
                    Durable.syncTree(Objects
                            .requireNonNull(installed.getFile().getPath().getParent()));
                }
                load();
            }, IOException.class);
        } catch (IOException | RuntimeException e) {
            fatal.fatal("the leader's snapshot cannot be used: " + e.getMessage(), e);
            throw e;
        }
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        if (transaction.getClientRequest() != null
                && transaction.getClientRequest().getMessage() instanceof EntryMessage message) {
            message.markAppended();
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto raftEntry = Objects.requireNonNull(transaction.getLogEntry());
        try {
            apply(raftEntry);
            return APPLIED;
        } catch (Exception | Error e) {
            fatal.fatal(
                    "log entry %d of term %d cannot be applied, so this member must not go on: %s"
                            .formatted(raftEntry.getIndex(), raftEntry.getTerm(), e.getMessage()),
                    e);
            throw new IllegalStateException("log entry " + raftEntry.getIndex(), e);
        }
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        applied = new Applied(TermIndex.valueOf(term, index), applied.state());
    }

    /** Gives the last finished one and starts the next; Ratis would have us block here. */
    @Override
    public long takeSnapshot() {
        long finished = snapshots.lastIndex();
        var _ = snapshots.take(applied);
        return finished;
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    /** Ratis goes on leading after this, and refuses every write; nothing but a restart clears it. */
    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        fatal.fatal(
                "the Raft log cannot be written (%s), so nothing can be acknowledged any more; look for free space and errors of the disk, then start again"
                        .formatted(cause),
                cause);
    }

    private void load() throws IOException {
        SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
        Applied loaded = latest == null
                ? Applied.NOTHING
                : new Applied(latest.getTermIndex(),
                        SnapshotReader.read(latest.getFile().getPath()));
        setLastAppliedTermIndex(loaded.termIndex());
        applied = loaded;
        snapshots.restarted();
        states.restart(loaded.state());
    }

    /** The fields are parts of one copy; what the state keeps of them is copied out when it becomes a command. */
    private static LogEntry parse(ByteString data) throws IOException {
        CodedInputStream input = CodedInputStream.newInstance(data.asReadOnlyByteBuffer());
        input.enableAliasing(true);
        return LogEntry.parseFrom(input);
    }

    private void apply(LogEntryProto raftEntry) throws IOException {
        ByteString data = raftEntry.getStateMachineLogEntry().getLogData();
        LogEntry entry = parse(data);
        FleetState before = applied.state();
        List<Committed> results = EntryApplier.apply(before, entry, raftEntry.getTerm());
        for (int i = 0; i < results.size(); i++) {
            states.add(results.get(i).state(), entry.getWrites(i).getSerializedSize());
        }
        FleetState after = results.isEmpty() ? before : results.getLast().state();
        applied = new Applied(TermIndex.valueOf(raftEntry.getTerm(), raftEntry.getIndex()), after);
        updateLastAppliedTermIndex(raftEntry.getTerm(), raftEntry.getIndex());
        states.publish(after);
        listener.applied(entry, results, after);
        snapshots.applied(applied, data.size());
    }
}
