package dev.nestmap.server.storage;

import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.state.Answers;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Marks;
import dev.nestmap.model.state.NodeLabels;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Tree;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.SnapshotAnswer;
import dev.nestmap.proto.v1.SnapshotElements;
import dev.nestmap.proto.v1.SnapshotHead;
import dev.nestmap.proto.v1.SnapshotMark;
import dev.nestmap.proto.v1.SnapshotNode;
import dev.nestmap.proto.v1.SnapshotRecord;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts a root together from the records of a snapshot, in their order. For one thread. */
final class SnapshotBuilder {
    private final Draft<MapState> maps = Tree.<MapState>ofObjects().draft();
    private final Draft<Bytes> names = Tree.ofBytes().draft();
    private final Draft<NodeLabels> nodes = Tree.<NodeLabels>ofObjects().draft();
    private Answers answers = Answers.NONE;
    private SnapshotHead head = SnapshotHead.getDefaultInstance();
    /** The map whose elements are being read. */
    private @Nullable MapState current;
    private long elementCount;
    private long records;
    private boolean complete;

    /** True after the last record. */
    boolean isComplete() {
        return complete;
    }

    void add(SnapshotRecord record) throws InvalidMessageException {
        if (record.hasHead() != (records == 0)) {
            throw new InvalidMessageException("record %d: the head must be first, and once"
                    .formatted(records));
        }
        switch (record.getRecordCase()) {
            case HEAD -> head(record.getHead());
            case MAP -> map(record.getMap().getInfo());
            case ELEMENTS -> elements(record.getElements());
            case NODE -> node(record.getNode());
            case MARK -> mark(record.getMark());
            case ANSWER -> answer(record.getAnswer());
            case TAIL -> tail(record.getTail().getRecords());
            case RECORD_NOT_SET -> throw new InvalidMessageException(
                    "record %d: a kind of record that is not known".formatted(records));
        }
        records++;
    }

    FleetState build() {
        return new FleetState(head.getRevision(), head.getLastMapId(), maps.build(), names.build(),
                nodes.build(), answers, elementCount);
    }

    private void head(SnapshotHead read) throws InvalidMessageException {
        if (read.getFormat() != SnapshotFormat.FORMAT) {
            throw new InvalidMessageException("the head has format " + read.getFormat());
        }
        head = read;
    }

    private void map(MapInfo info) throws InvalidMessageException {
        finishMap();
        current = new MapState(info.getId(), SpecCodec.spec(info.getSpec()), info.getFrozen(),
                info.getUnlinked(), info.getSlotReferences(), Tree.ofBytes(),
                info.getCreatedRevision(), info.getModifiedRevision());
    }

    private void elements(SnapshotElements chunk) throws InvalidMessageException {
        MapState map = current;
        if (map == null) {
            throw new InvalidMessageException("elements before any map");
        }
        TreeMap<Bytes, @Nullable Bytes> stored = new TreeMap<>();
        for (Element read : chunk.getElementsList()) {
            var element = ElementCodec.element(read);
            if (!StoredElements.fits(map.spec(), element)) {
                throw new InvalidMessageException("an element that %s cannot hold: %s"
                        .formatted(map.spec().ref(), element));
            }
            Map.Entry<Bytes, Bytes> entry = StoredElements.stored(map.spec(), element);
            stored.put(entry.getKey(), entry.getValue());
        }
        current = new MapState(map.id(), map.spec(), map.frozen(), map.unlinked(),
                map.slotReferences(), map.elements().edit(stored), map.createdRevision(),
                map.modifiedRevision());
    }

    private void finishMap() {
        MapState map = current;
        if (map != null) {
            maps.put(MapState.key(map.id()), map);
            elementCount += map.elements().size();
            if (!map.unlinked()) {
                names.put(FleetState.nameKey(map.spec().namespace(), map.spec().name()),
                        MapState.key(map.id()));
                if (!map.spec().pinPath().isEmpty()) {
                    names.put(FleetState.pinKey(map.spec().pinPath()), MapState.key(map.id()));
                }
            }
        }
        current = null;
    }

    private void node(SnapshotNode node) {
        TreeMap<String, String> labels = new TreeMap<>();
        node.getLabelsList().forEach(label -> labels.put(label.getKey(), label.getValue()));
        nodes.put(Bytes.utf8(node.getName()), new NodeLabels(labels));
    }

    private void mark(SnapshotMark mark) {
        answers = answers.restore(new Marks.Mark(ElementCodec.bytes(mark.getClientId()),
                mark.getCallId(), mark.getSequence(), mark.getRevision()));
    }

    private void answer(SnapshotAnswer record) throws InvalidMessageException {
        RequestId request = new RequestId(ElementCodec.bytes(record.getRequestId().getClientId()),
                record.getRequestId().getCallId());
        answers = answers.restore(request, new Answers.Answer(record.getSequence(),
                record.getAnswer().getRevision(), AnswerCodec.result(record.getAnswer())));
    }

    private void tail(long expectedRecords) throws InvalidMessageException {
        if (expectedRecords != records) {
            throw new InvalidMessageException("%d records were written, %d are there"
                    .formatted(expectedRecords, records));
        }
        finishMap();
        answers = answers.restoreGone(head.getGoneRevision());
        complete = true;
    }
}
