package dev.nestmap.server.storage;

import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.MapInfoCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.state.Answers;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Marks;
import dev.nestmap.model.state.NodeLabels;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.proto.v1.SnapshotAnswer;
import dev.nestmap.proto.v1.SnapshotElements;
import dev.nestmap.proto.v1.SnapshotHead;
import dev.nestmap.proto.v1.SnapshotMap;
import dev.nestmap.proto.v1.SnapshotMark;
import dev.nestmap.proto.v1.SnapshotNode;
import dev.nestmap.proto.v1.SnapshotRecord;
import dev.nestmap.proto.v1.SnapshotTail;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** Writes a root to a file while the state goes on: a root never changes. */
public final class SnapshotWriter {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    /** Records written. */
    private long records;

    private SnapshotWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes and forces the file, which must not be in use; gives the MD5 of its bytes, which Ratis asks for. */
    public static byte[] write(FleetState state, Path file) throws IOException {
        MessageDigest md5 = md5();
        try (FileOutputStream stream = new FileOutputStream(file.toFile())) {
            DigestOutputStream digested = new DigestOutputStream(
                    new BufferedOutputStream(stream, BUFFER_BYTES), md5);
            CheckedOutputStream checked = new CheckedOutputStream(
                    new BufferedOutputStream(digested, BUFFER_BYTES), new CRC32C());
            DataOutputStream head = new DataOutputStream(checked);
            head.write(SnapshotFormat.MAGIC);
            head.writeInt(SnapshotFormat.FORMAT);
            new SnapshotWriter(checked).write(state);
            head.writeInt((int) checked.getChecksum().getValue());
            head.flush();
            stream.getChannel().force(true);
        }
        return md5.digest();
    }

    private void write(FleetState state) throws IOException {
        write(SnapshotRecord.newBuilder()
                .setHead(SnapshotHead.newBuilder()
                        .setFormat(SnapshotFormat.FORMAT)
                        .setRevision(state.revision())
                        .setLastMapId(state.lastMapId())
                        .setGoneRevision(state.answers().marks().goneRevision())));
        for (Entry<MapState> map : state.maps()) {
            write(map.value());
        }
        for (Entry<NodeLabels> node : state.nodes()) {
            write(node.key().toUtf8(), node.value());
        }
        for (Marks.Mark mark : state.answers().marks().all()) {
            write(mark);
        }
        write(state.answers());
        write(SnapshotRecord.newBuilder().setTail(SnapshotTail.newBuilder().setRecords(records)));
    }

    private void write(MapState map) throws IOException {
        write(SnapshotRecord.newBuilder()
                .setMap(SnapshotMap.newBuilder().setInfo(MapInfoCodec.info(map))));
        SnapshotElements.Builder chunk = SnapshotElements.newBuilder();
        long chunkBytes = 0;
        for (Entry<Bytes> entry : map.elements()) {
            chunk.addElements(ElementCodec
                    .element(StoredElements.element(map.spec(), entry.key(), entry.value())));
            chunkBytes += entry.key().size() + entry.value().size();
            if (chunkBytes >= SnapshotFormat.CHUNK_BYTES) {
                write(SnapshotRecord.newBuilder().setElements(chunk));
                chunk.clear();
                chunkBytes = 0;
            }
        }
        if (chunk.getElementsCount() > 0) {
            write(SnapshotRecord.newBuilder().setElements(chunk));
        }
    }

    private void write(String name, NodeLabels labels) throws IOException {
        SnapshotNode.Builder node = SnapshotNode.newBuilder().setName(name);
        labels.labels()
                .forEach((key, value) -> node.addLabels(
                        SnapshotNode.Label.newBuilder().setKey(key).setValue(value)));
        write(SnapshotRecord.newBuilder().setNode(node));
    }

    private void write(Marks.Mark mark) throws IOException {
        write(SnapshotRecord.newBuilder()
                .setMark(SnapshotMark.newBuilder()
                        .setClientId(ElementCodec.bytes(mark.clientId()))
                        .setCallId(mark.callId())
                        .setSequence(mark.sequence())
                        .setRevision(mark.revision())));
    }

    private void write(Answers answers) throws IOException {
        for (Entry<Bytes> entry : answers.bySequence()) {
            RequestId request = Answers.request(entry.value());
            Answers.Answer answer = Optional.ofNullable(answers.byRequest().get(entry.value()))
                    .orElseThrow(() -> new IllegalStateException("no answer for " + request));
            write(SnapshotRecord.newBuilder()
                    .setAnswer(SnapshotAnswer.newBuilder()
                            .setRequestId(dev.nestmap.proto.v1.RequestId.newBuilder()
                                    .setClientId(ElementCodec.bytes(request.clientId()))
                                    .setCallId(request.callId()))
                            .setSequence(answer.sequence())
                            .setAnswer(AnswerCodec.answer(answer.revision(), answer.result()))));
        }
    }

    private void write(SnapshotRecord.Builder record) throws IOException {
        record.build().writeDelimitedTo(out);
        records++;
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
