package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.FakeMember.Reaction;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.DumpRequest;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.ReadOptions;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DumpTest {
    private static final MapSpec SPEC = MapSpec.of("default", "m", MapType.HASH, 1, 1, 9);

    private final FakeMember first = new FakeMember();
    private final FakeMember second = new FakeMember();
    private final NestmapClient client = NestmapClient.connect(first.target(), second.target());

    @AfterEach
    void close() {
        client.close();
        first.close();
        second.close();
    }

    @Test
    void aDumpGoesThroughAllPagesOfOneStream() throws InterruptedException {
        first.dumps.set(stream(page(1).setInfo(info()), page(), page(2, 3).setEnd(true)));
        assertEquals(List.of(element(1), element(2), element(3)), all(client.map("m").elements()));
        DumpRequest request = first.dumps.take();
        assertEquals("m", request.getMap().getName());
        assertEquals(0, first.dumps.count());
    }

    @Test
    void aBrokenStreamGoesOnBehindTheLastPage() throws InterruptedException {
        first.dumps.set(broken(page(1).setInfo(info()), page(2)));
        second.dumps.set(stream(page(3).setInfo(info()).setEnd(true)));
        try (Dump dump = client.map("m").dump()) {
            assertEquals(5, dump.description().revision());
            assertEquals(SPEC, dump.description().value().spec());
            assertEquals(List.of(element(1), element(2), element(3)), all(() -> dump));
        }
        assertTrue(first.dumps.take().getResume().isEmpty());
        DumpRequest again = second.dumps.take();
        assertEquals(ByteString.copyFromUtf8("behind 2"), again.getResume());
        assertFalse(again.hasMap() || again.getOrNewest());
    }

    @Test
    void aRevisionThatIsGoneMeanwhileIsSaidUnlessTheCallerMayGoOn() throws InterruptedException {
        first.dumps.set(broken(page(1).setInfo(info())));
        second.dumps.set(Reaction.error(ErrorCodec.error(StoreError.REVISION_GONE, "gone")));
        try (Dump dump = client.map("m").dump(Dump.WhenGone.GO_ON_AT_NEWEST)) {
            assertEquals(element(1), dump.next());
            assertEquals(Kind.REVISION_GONE,
                    assertThrows(NestmapException.class, dump::hasNext).kind());
        }
        assertTrue(second.dumps.take().getOrNewest());
    }

    @Test
    void aDumpCanBeOfAGivenRevision() throws InterruptedException {
        first.dumps.set(stream(page().setInfo(info()).setEnd(true)));
        assertEquals(List.of(),
                all(client.map("m").reading(Consistency.exactly(4)).elements()));
        assertEquals(ReadOptions.newBuilder().setExactRevision(4).build(),
                first.dumps.take().getRead());
    }

    @Test
    void aClosedDumpHasNoMore() {
        first.dumps.set((request, answers) -> answers.onNext(page(1, 2).setInfo(info()).build()));
        Dump dump = client.map("m").dump();
        assertEquals(element(1), dump.next());
        dump.close();
        assertFalse(dump.hasNext());
        assertEquals(5, dump.description().revision());
    }

    @Test
    void aClosedDumpOpensNothing() {
        Dump dump = client.map("m").dump();
        dump.close();
        assertFalse(dump.hasNext());
        assertThrows(IllegalStateException.class, dump::description);
        assertEquals(0, first.dumps.count());
    }

    private static Reaction<DumpRequest, DumpResponse> stream(DumpResponse.Builder... pages) {
        return (request, answers) -> {
            for (DumpResponse.Builder page : pages) {
                answers.onNext(page.build());
            }
            answers.onCompleted();
        };
    }

    private static Reaction<DumpRequest, DumpResponse> broken(DumpResponse.Builder... pages) {
        return (request, answers) -> {
            for (DumpResponse.Builder page : pages) {
                answers.onNext(page.build());
            }
            answers.onError(Status.UNAVAILABLE.asRuntimeException());
        };
    }

    private static DumpResponse.Builder page(int... keys) {
        DumpResponse.Builder page = DumpResponse.newBuilder().setHeader(FakeMember.header(5));
        for (int key : keys) {
            page.addElements(ElementCodec.element(element(key)))
                    .setResume(ByteString.copyFromUtf8("behind " + key));
        }
        return page;
    }

    private static dev.nestmap.proto.v1.MapInfo info() {
        return dev.nestmap.proto.v1.MapInfo.newBuilder()
                .setId(1)
                .setSpec(SpecCodec.spec(SPEC))
                .build();
    }

    private static Element element(int key) {
        return new Element(Bytes.of(key), new Value.Data(Bytes.of(key)));
    }

    private static List<Element> all(Iterable<Element> elements) {
        List<Element> seen = new ArrayList<>();
        elements.forEach(seen::add);
        return seen;
    }
}
