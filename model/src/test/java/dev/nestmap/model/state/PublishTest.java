package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.slot;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an outer map with publish sealed asks of other maps; a kernel knows no such thing. */
final class PublishTest {
    private final Fleet fleet = new Fleet();

    private static MapSpec sealed(String name) {
        return spec(name, MapType.ARRAY_OF_MAPS, 4, 4, 4).withPublish(Publish.SEALED);
    }

    private static MapSpec follower(String name) {
        return spec(name, MapType.HASH, 4, 4, 8).withPlacement(new Placement.FollowsOuter());
    }

    @Test
    void theDefinitionKeepsHowInnerMapsArePublished() {
        fleet.create(follower("inner"));
        long id = fleet.createOuter(sealed("outer"), "inner");
        assertEquals(Publish.SEALED,
                Objects.requireNonNull(fleet.state.map(id)).spec().publish());
    }

    @Test
    void onlyAnOuterMapIsPublishedSealed() {
        String rule = fleet.refused(Errno.EINVAL, new Command.Create(
                spec("m", MapType.HASH, 4, 4, 8).withPublish(Publish.SEALED),
                new InnerSource.None()));
        assertTrue(
                rule.contains("default/m") && rule.contains("hash")
                        && rule.contains("leave it out"),
                rule);
    }

    @ParameterizedTest
    @EnumSource(names = {"LRU_HASH", "QUEUE", "RINGBUF", "DEVMAP", "DEVMAP_HASH", "CPUMAP",
            "CGROUP_ARRAY"})
    void aTypeWhoseContentsDependOnTheNodeIsNoInnerMapOfIt(MapType type) {
        int keySize = type == MapType.QUEUE || type == MapType.RINGBUF ? 0 : 4;
        int valueSize = type == MapType.RINGBUF ? 0 : 4;
        InnerTemplate template = new InnerTemplate(type, keySize, valueSize,
                type == MapType.RINGBUF ? 4096 : 4, 0);
        fleet.ok(new Command.Create(sealed("in_place").withPublish(Publish.IN_PLACE),
                new InnerSource.Given(template)));
        String rule = fleet.refused(Errno.EINVAL,
                new Command.Create(sealed("outer"), new InnerSource.Given(template)));
        assertTrue(rule.contains(type.word()) && rule.contains("in_place"), rule);
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "ARRAY", "PERCPU_HASH", "PERCPU_ARRAY", "LPM_TRIE"})
    void aTypeThatHoldsWhatTheStoreSaysIsAnInnerMapOfIt(MapType type) {
        int flags = type == MapType.LPM_TRIE ? MapFlags.NO_PREALLOC : 0;
        fleet.ok(new Command.Create(sealed("outer"), new InnerSource.Given(
                new InnerTemplate(type, type == MapType.LPM_TRIE ? 8 : 4, 4, 4, flags))));
    }

    @Test
    void aMapThatProgramsFindByItsNameDoesNotGoIntoItsSlots() {
        fleet.create(spec("named", MapType.HASH, 4, 4, 8));
        fleet.create(follower("follower"));
        fleet.createOuter(sealed("outer"), "named");
        String rule = fleet.refused(Errno.EINVAL,
                new Command.Update(name("outer"), Bytes.u32le(0), slot("named"), 0));
        assertTrue(rule.contains("placement none"), rule);
        fleet.put("outer", 0, slot("follower"));
        fleet.createOuter(sealed("in_place").withPublish(Publish.IN_PLACE), "named");
        fleet.put("in_place", 0, slot("named"));
    }

    @Test
    void aMapWithAPinPathDoesNotGoIntoItsSlots() {
        MapSpec plain = follower("pinned");
        fleet.create(new MapSpec(plain.namespace(), plain.name(), plain.type(), 4, 4, 8, 0, 0, 0,
                null, plain.placement(), "/sys/fs/bpf/lb/table"));
        fleet.create(follower("follower"));
        fleet.createOuter(sealed("outer"), "follower");
        String rule = fleet.refused(Errno.EINVAL,
                new Command.Update(name("outer"), Bytes.u32le(0), slot("pinned"), 0));
        assertTrue(rule.contains("/sys/fs/bpf/lb/table") && rule.contains("without a pin path"),
                rule);
        fleet.createOuter(sealed("in_place").withPublish(Publish.IN_PLACE), "follower");
        fleet.put("in_place", 0, slot("pinned"));
    }

    @Test
    void whatTheKernelWouldRefuseIsRefusedFirstAsTheKernelDoes() {
        fleet.create(follower("template"));
        fleet.create(spec("wide", MapType.HASH, 4, 8, 8));
        fleet.createOuter(sealed("outer"), "template");
        String rule = fleet.refused(Errno.EINVAL,
                new Command.Update(name("outer"), Bytes.u32le(0), slot("wide"), 0));
        assertTrue(rule.contains("value_size"), rule);
    }

    @Test
    void itIsNotFrozenButItsInnerMapsAre() {
        fleet.create(follower("inner"));
        long id = fleet.createOuter(sealed("outer"), "inner");
        fleet.put("outer", 0, slot("inner"));
        String rule = fleet.refused(Errno.ENOTSUPP, new Command.Freeze(new MapRef.ById(id)));
        assertTrue(rule.contains("inner maps"), rule);
        fleet.ok(new Command.Freeze(name("inner")));
    }
}
