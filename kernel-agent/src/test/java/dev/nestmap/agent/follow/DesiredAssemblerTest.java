package dev.nestmap.agent.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.DesiredMap;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Tree;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.MapInfo;
import org.junit.jupiter.api.Test;

class DesiredAssemblerTest {
    private static final MapSpec SPEC = MapSpec.of("default", "m", MapType.HASH, 4, 4, 9);
    private static final Bytes ONE = Bytes.u32le(1);

    private final DesiredAssembler assembler = new DesiredAssembler();

    @Test
    void aDefinitionThatIsLeftOutIsAsBefore() throws InvalidMessageException {
        MapInfo info = MapInfo.newBuilder().setId(3).setSpec(SpecCodec.spec(SPEC)).build();
        assertEquals(new DesiredMap(3, SPEC, false, false, true, Tree.ofBytes()),
                accept(message(1, info).setSnapshot(true)));
        FollowResponse.Builder next = message(2, info.toBuilder().clearSpec().build());
        next.getChangesBuilder(0)
                .addSet(ElementCodec.element(new Element(ONE, new Value.Data(ONE))));
        Tree<Bytes> elements = Tree.ofBytes().with(ONE, ONE);
        assertEquals(new DesiredMap(3, SPEC, false, false, true, elements), accept(next));
        assertEquals(new DesiredMap(3, SPEC, true, false, true, elements),
                accept(message(3, info.toBuilder().clearSpec().setFrozen(true).build())));
    }

    @Test
    void aDefinitionThatNeverCameCannotBeLeftOut() {
        assertThrows(InvalidMessageException.class, () -> accept(
                message(1, MapInfo.newBuilder().setId(3).build()).setSnapshot(true)));
    }

    private DesiredMap accept(FollowResponse.Builder message) throws InvalidMessageException {
        Desired desired = assembler.accept(message.build()).orElseThrow();
        DesiredMap map = desired.maps().get(Desired.key(3));
        if (map == null) {
            throw new AssertionError("the map is not there");
        }
        return map;
    }

    private static FollowResponse.Builder message(long revision, MapInfo info) {
        return FollowResponse.newBuilder()
                .setHeader(Header.newBuilder().setRevision(revision))
                .addChanges(MapChange.newBuilder()
                        .setMapId(info.getId())
                        .setInfo(info)
                        .setPlaced(true));
    }
}
