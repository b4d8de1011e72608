package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.Operation;
import dev.nestmap.proto.v1.RequestId;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.Value;
import dev.nestmap.proto.v1.Write;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries of the largest size on three members with the settings of servers. */
final class LargeEntryTest {
    private static final int VALUE_BYTES = 1 << 20;
    private static final int TXN_BYTES = 64 << 20;

    @TempDir
    Path temporary;
    private final Failures failures = new Failures();
    private final Map<String, Consensus> members = new TreeMap<>();
    private final Writes writes = new Writes("blobs", VALUE_BYTES);

    @AfterEach
    void nothingWasFatal() {
        Waits.closeAll(members.values());
        assertEquals(List.of(), List.copyOf(failures.messages));
    }

    @Test
    void theLargestTransactionIsReplicatedWithoutAChangeOfLeader() throws Exception {
        startAll();
        Consensus leader = leader();
        Waits.get(leader.submit(writes.create()));
        long term = leader.status().term();
        long slowestMillis = 0;
        for (int round = 0; round < 3; round++) {
            Write write = txn(round);
            assertEquals(TXN_BYTES, write.getTxn().getSerializedSize());
            long startNanos = System.nanoTime();
            Committed committed = leader.submit(write).get(60, TimeUnit.SECONDS);
            slowestMillis = Math.max(slowestMillis,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            assertInstanceOf(Result.TxnDone.class, committed.result());
            assertEquals(round + 2, committed.revision());
        }
        assertEquals(term, leader.status().term(), "the leader has changed");
        assertTrue(leader.status().serving());
        System.out.printf("64 MiB on three members: at most %d ms%n", slowestMillis);
        for (Consensus member : members.values()) {
            Waits.until("all members are equal",
                    () -> Waits.equalStates(member.state(), leader.state()));
        }
    }

    @Test
    void oneByteMoreThanTheLogTakesIsRefusedWithBothNumbers() throws Exception {
        startAll();
        Write fits = txn(0);
        Write over = fits.toBuilder()
                .setTxn(fits.getTxn()
                        .toBuilder()
                        .addThen(update(70, Limits.WRITE_BYTES_MAX - TXN_BYTES)))
                .build();
        EntryTooLargeException e = assertInstanceOf(EntryTooLargeException.class,
                Waits.failure(leader().submit(over)));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(over.getSerializedSize() + " bytes")
                && message.contains("at most " + Limits.WRITE_BYTES_MAX), message);
        Waits.get(leader().submit(writes.create()));
    }

    /** 63 values of 1 MiB and others to fill exactly the size that is promised. */
    private static Write txn(int round) {
        TxnRequest.Builder txn = TxnRequest.newBuilder()
                .setRequestId(RequestId.newBuilder()
                        .setClientId(ByteString.copyFrom(new byte[16]))
                        .setCallId(round + 1));
        for (int i = 0; i < 63; i++) {
            txn.addThen(update(i, VALUE_BYTES));
        }
        txn.addThen(update(63, VALUE_BYTES));
        int over = txn.build().getSerializedSize() - TXN_BYTES;
        TxnRequest.Builder cut = txn.clone().removeThen(63);
        // the last one is not of the map's size, so it is compared with instead of written
        cut.addCompare(dev.nestmap.proto.v1.Compare.newBuilder()
                .setMap(MapRef.newBuilder().setName("nosuch"))
                .setMapExists(false));
        cut.addOtherwise(update(63, VALUE_BYTES - over - 200));
        int missing = TXN_BYTES - cut.build().getSerializedSize();
        cut.removeOtherwise(0).addOtherwise(update(63, VALUE_BYTES - over - 200 + missing));
        return Write.newBuilder().setTxn(cut).build();
    }

    private static Operation update(int index, int valueBytes) {
        byte[] value = new byte[valueBytes];
        new Random(index).nextBytes(value);
        return Operation.newBuilder()
                .setUpdate(UpdateRequest.newBuilder()
                        .setMap(MapRef.newBuilder().setName("blobs"))
                        .setElement(Element.newBuilder()
                                .setKey(ByteString.copyFrom(
                                        ByteBuffer.allocate(Long.BYTES).putLong(index).flip()))
                                .setValue(Value.newBuilder()
                                        .setData(ByteString.copyFrom(value)))))
                .build();
    }

    private Consensus leader() {
        Waits.until("a member leads",
                () -> members.values().stream().anyMatch(member -> member.status().serving()));
        return members.values()
                .stream()
                .filter(member -> member.status().serving())
                .findFirst()
                .orElseThrow();
    }

    private void startAll() throws Exception {
        List<String> addresses = Waits.freeAddresses(3);
        List<MemberConfig.Peer> peers = List.of(
                new MemberConfig.Peer("a", addresses.get(0), "a:7480"),
                new MemberConfig.Peer("b", addresses.get(1), "b:7480"),
                new MemberConfig.Peer("c", addresses.get(2), "c:7480"));
        for (MemberConfig.Peer peer : peers) {
            members.put(peer.id(),
                    Consensus.start(new MemberConfig(peer.id(), temporary.resolve(peer.id()),
                            peer.raftAddress(), peer.clientAddress(), peers), failures));
        }
    }
}
