package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.WatchResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts events together from messages, and knows how far they reach. Not safe for many threads. */
final class EventAssembler {
    private final long maxEventBytes;
    private final List<MapChange> changes = new ArrayList<>();
    /** By map id, as they were last said; those of maps that are gone are dropped. */
    private final Map<Long, MapSpec> definitions = new HashMap<>();
    private Optional<String> clusterId = Optional.empty();
    /** Everything up to it was given out; -1: nothing, and a snapshot is wanted. */
    private long revision;
    private boolean snapshot;
    private boolean coalesced;
    private long bytes;

    EventAssembler(long fromRevision, long maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
        this.revision = fromRevision - 1;
    }

    Optional<String> clusterId() {
        return clusterId;
    }

    long revision() {
        return Math.max(0, revision);
    }

    /** What to ask a new stream for. */
    long resumeFrom() {
        return revision + 1;
    }

    /** Forgets the parts of an event whose end never came. */
    void dropIncomplete() {
        changes.clear();
        snapshot = false;
        coalesced = false;
        bytes = 0;
    }

    /**
     * Takes the next message of a stream.
     *
     * @return an event, where the message completes one that has something new
     */
    Optional<WatchEvent> add(WatchResponse message) throws InvalidMessageException {
        checkCluster(message.getHeader().getClusterId());
        bytes += message.getSerializedSize();
        if (bytes > maxEventBytes) {
            throw new NestmapException(Kind.TOO_LARGE,
                    ("an event is over %d bytes: watch single maps, or give the watch a higher "
                            + "limit").formatted(maxEventBytes),
                    null);
        }
        if (message.getSnapshot() && !snapshot) {
            snapshot = true;
            definitions.clear();
        }
        for (dev.nestmap.proto.v1.MapChange change : message.getChangesList()) {
            changes.add(Decode.change(change, description(change)));
        }
        coalesced |= message.getCoalesced();
        return message.getMore()
                ? Optional.empty()
                : complete(message.getHeader().getRevision(), message.getProgressNonce());
    }

    private Optional<WatchEvent> complete(long reached, long nonce) {
        boolean news = snapshot || (!changes.isEmpty() && reached > revision);
        revision = snapshot ? reached : Math.max(revision, reached);
        Optional<WatchEvent> event = Optional.empty();
        if (nonce != 0) {
            event = Optional.of(new WatchEvent(revision, false, false, List.of(), nonce));
        } else if (news) {
            event = Optional.of(new WatchEvent(reached, snapshot, coalesced, changes));
        }
        dropIncomplete();
        return event;
    }

    /** A stream says the definition of a map once; it is handed on with every change of its state. */
    private @Nullable MapDescription description(dev.nestmap.proto.v1.MapChange change)
            throws InvalidMessageException {
        if (change.getRemoved()) {
            definitions.remove(change.getMapId());
        }
        if (!change.hasInfo()) {
            return null;
        }
        MapInfo info = change.getInfo();
        if (info.hasSpec()) {
            MapDescription said = Decode.map(info);
            definitions.put(said.id(), said.spec());
            return said;
        }
        MapSpec known = definitions.get(info.getId());
        if (known == null) {
            throw new InvalidMessageException(
                    "map %d changes, but was never defined".formatted(info.getId()));
        }
        return Decode.map(info, known);
    }

    private void checkCluster(String answering) {
        if (clusterId.isEmpty()) {
            clusterId = Optional.of(answering);
        } else if (!clusterId.get().equals(answering)) {
            throw new NestmapException(Kind.WRONG_CLUSTER,
                    ("cluster %s answers now, it was %s before, so revisions mean something else: "
                            + "start a new watch from 0").formatted(answering, clusterId.get()),
                    null);
        }
    }
}
