package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.Answer;
import dev.nestmap.client.Consistency;
import dev.nestmap.client.Dump;
import dev.nestmap.client.ElementPage;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.DumpRequest;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.MapServiceGrpc;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole maps at one revision. */
@Timeout(120)
class DumpApiTest {
    private static final int PAGES = 40;
    private static final int VALUE_BYTES = 512 << 10;

    @TempDir
    private Path directory = Path.of("");
    private @Nullable OneMember started;

    @BeforeEach
    void start() throws Exception {
        started = new OneMember(directory);
    }

    @AfterEach
    void stop() {
        store().close();
    }

    @Test
    void aDumpIsOneRevisionWhateverIsWrittenMeanwhile() {
        fill();
        try (Dump dump = store().client().map("m").dump()) {
            long revision = dump.description().revision();
            List<Element> seen = new ArrayList<>();
            for (int i = 0; i < PAGES; i++) {
                seen.add(dump.next());
                put(i, 99);
                store().client().map("m").deleteElem(Bytes.u32be(PAGES - 1 - i / 2));
                put(PAGES - 1 - i / 2, 99);
            }
            assertFalse(dump.hasNext());
            assertEquals(PAGES + 1, revision);
            for (int i = 0; i < PAGES; i++) {
                assertEquals(new Element(Bytes.u32be(i), value(i)), seen.get(i));
            }
        }
    }

    @Test
    void aDumpResumesBehindAnyPageWhileItsRevisionIsHeld() {
        fill();
        DumpResponse page = dump(DumpRequest.newBuilder()
                .setMap(MapRef.newBuilder().setName("m"))
                .build()).next();
        assertEquals(PAGES, page.getInfo().getElements());
        put(5, 99);
        Iterator<DumpResponse> rest = dump(
                DumpRequest.newBuilder().setResume(page.getResume()).build());
        int elements = page.getElementsCount();
        while (rest.hasNext()) {
            DumpResponse next = rest.next();
            assertEquals(page.getHeader().getRevision(), next.getHeader().getRevision());
            for (var element : next.getElementsList()) {
                assertEquals(elements++, element.getKey().byteAt(3));
                assertFalse(element.getValue().getData().byteAt(0) == 99);
            }
            assertEquals(!rest.hasNext(), next.getEnd());
        }
        assertEquals(PAGES, elements);
    }

    @Test
    void aRevisionThatIsNoLongerHeldIsGoneUnlessTheNewestWillDo() {
        fill();
        DumpResponse page = dump(DumpRequest.newBuilder()
                .setMap(MapRef.newBuilder().setName("m"))
                .build()).next();
        for (int i = 0; i < 150; i++) { // more than 64 MiB
            put(5, 99);
        }
        DumpRequest resume = DumpRequest.newBuilder().setResume(page.getResume()).build();
        StatusRuntimeException e = assertThrows(StatusRuntimeException.class,
                () -> dump(resume).next());
        assertEquals(StoreError.REVISION_GONE, ErrorCodec.storeError(e).orElseThrow());
        DumpResponse next = dump(resume.toBuilder().setOrNewest(true).build()).next();
        assertEquals(PAGES + 151, next.getHeader().getRevision());
        assertEquals(page.getElementsCount(), next.getElements(0).getKey().byteAt(3));
    }

    @Test
    void pagesOfABatchCanBeOfOneRevision() {
        fill();
        Answer<ElementPage> first = store().client().map("m").lookupBatch(Bytes.empty(), 2);
        put(3, 99);
        var pinned = store().client()
                .map("m")
                .reading(Consistency.exactly(first.origin().revision()));
        Answer<ElementPage> second = pinned.lookupBatch(first.value().outBatch(), 2);
        assertEquals(first.origin().revision(), second.origin().revision());
        assertEquals(value(3), second.value().elements().getLast().value());
        for (int i = 0; i < 150; i++) {
            put(5, 99);
        }
        assertEquals(Kind.REVISION_GONE, assertThrows(NestmapException.class,
                () -> pinned.lookup(Bytes.u32be(1))).kind());
    }

    @Test
    void arraysAndMapsWithoutBatchesAreDumpedToo() {
        store().client().maps().create(MapSpec.of("default", "a", MapType.ARRAY, 4, 4, 70_000));
        store().client().maps().create(MapSpec.of("default", "d", MapType.DEVMAP, 4, 4, 8));
        store().client().map("d").update(Bytes.u32le(7), new Value.Data(Bytes.u32le(1)), 0);
        int index = 0;
        for (Element element : store().client().map("a").elements()) {
            assertEquals(Bytes.u32le(index++), element.key());
        }
        assertEquals(70_000, index);
        List<Element> seen = new ArrayList<>();
        store().client().map("d").elements().forEach(seen::add);
        assertEquals(List.of(new Element(Bytes.u32le(7), new Value.Data(Bytes.u32le(1)))), seen);
    }

    @Test
    void whatCannotBeDumpedIsRefused() {
        store().client().maps().create(MapSpec.of("default", "a", MapType.ARRAY, 4, 4, 8));
        store().create("m", 4, 8);
        NestmapException e = assertThrows(NestmapException.class,
                () -> store().client().map("absent").dump().hasNext());
        assertEquals(Errno.ENOENT, e.errno().orElseThrow());
        ByteString token = dump(DumpRequest.newBuilder()
                .setMap(MapRef.newBuilder().setName("a"))
                .build()).next().getResume();
        for (DumpRequest bad : List.of(DumpRequest.getDefaultInstance(),
                DumpRequest.newBuilder().setResume(ByteString.copyFrom(new byte[15])).build(),
                DumpRequest.newBuilder().setResume(token.substring(0, 17)).build(),
                DumpRequest.newBuilder()
                        .setResume(token)
                        .setMap(MapRef.newBuilder().setName("m"))
                        .build())) {
            StatusRuntimeException refused = assertThrows(StatusRuntimeException.class,
                    () -> dump(bad).next());
            assertEquals(io.grpc.Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
        }
        assertTrue(dump(DumpRequest.newBuilder().setResume(token).build()).next().getEnd());
    }

    private Iterator<DumpResponse> dump(DumpRequest request) {
        return MapServiceGrpc.newBlockingStub(store().channel())
                .withDeadlineAfter(OneMember.PATIENCE)
                .dump(request);
    }

    private void fill() {
        store().create("m", VALUE_BYTES, 100);
        for (int i = 0; i < PAGES; i++) {
            put(i, i);
        }
    }

    private void put(int key, int value) {
        store().client().map("m").update(Bytes.u32be(key), value(value), 0);
    }

    private static Value value(int value) {
        byte[] bytes = new byte[VALUE_BYTES];
        bytes[0] = (byte) value;
        return new Value.Data(Bytes.wrap(bytes));
    }

    private OneMember store() {
        return Objects.requireNonNull(started);
    }
}
