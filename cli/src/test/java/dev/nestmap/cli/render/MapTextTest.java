package dev.nestmap.cli.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The texts were captured from bpftool 7.1.0; those that it has no form for are marked as ours. */
class MapTextTest {
    private static final MapSpec HASH = MapSpec.of("default", "h_plain", MapType.HASH, 4, 8, 8)
            .withFlags(0x40);

    private final MapText text = new MapText();

    @Test
    void aMapIsTwoLinesOfBpftoolAndOneOfOurs() {
        assertEquals("""
                641997: hash  name h_plain  flags 0x40
                \tkey 4B  value 8B  max_entries 8
                \tnamespace default  placement all  elements 3  revision 9
                """, text.map(new MapDescription(641997, HASH, false, false, 0, 3, 2, 9)));
    }

    @Test
    void aFrozenInnerMapShowsWhereItIs() {
        assertEquals("""
                7: hash  name h_plain  flags 0x40
                \tkey 4B  value 8B  max_entries 8
                \tfrozen
                \tnamespace default  placement none  elements 0  revision 9  in 2 slots  removed
                """,
                text.map(new MapDescription(7, HASH.withPlacement(new Placement.FollowsOuter()),
                        true, true, 2, 0, 2, 9)));
    }

    @Test
    void anOuterMapShowsItsTemplate() {
        MapSpec outer = MapSpec.of("lb", "routes", MapType.ARRAY_OF_MAPS, 4, 4, 256)
                .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 8, 4, 0));
        assertEquals("""
                2: array_of_maps  name routes  flags 0x0
                \tkey 4B  value 4B  max_entries 256
                \tinner_map array  key 4B  value 8B  max_entries 4  flags 0x0
                \tnamespace lb  placement all  elements 1  revision 4
                """, text.map(new MapDescription(2, outer, false, false, 0, 1, 2, 4)));
    }

    @Test
    void anElementIsOneLine() {
        assertEquals("key: 01 00 00 00  value: 01 02 03 04 05 06 07 08\n",
                found(Bytes.u32le(1), Bytes.of(1, 2, 3, 4, 5, 6, 7, 8)));
    }

    @Test
    void anElementOfOver24BytesIsTwoLines() {
        assertEquals("""
                key: 01 02 03 04 05 06 07 08  09 0a 0b 0c
                value: 01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10
                """, found(counted(12), counted(16)));
    }

    @Test
    void aKeyOrValueOfOver16BytesHasItsNameOnALineOfItsOwn() {
        assertEquals("""
                key:
                01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10
                11 12 13 14
                value:
                01 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10
                11 12 13 14 15 16 17 18  19 1a 1b 1c 1d 1e 1f 20
                21 22 23 24 25 26 27 28
                """, found(counted(20), counted(40)));
    }

    @Test
    void anAbsentElementIsNotFound() {
        assertEquals("key:\n63 00 00 00\n\nNot found\n", text.notFound(Bytes.u32le(99)));
    }

    @Test
    void aDumpEndsWithTheNumberOfElements() {
        assertEquals("Found 0 elements\n", text.beginDump() + text.endDump(0));
        assertEquals("Found 1 element\n", text.endDump(1));
        assertEquals("Found 3 elements\n", text.endDump(3));
    }

    @Test
    void anEmptySlotOfADevmapIsShown() {
        assertEquals("key: 02 00 00 00  value: <no entry>\n",
                text.dumpedEmpty(MapSpec.of("default", "d", MapType.DEVMAP, 4, 4, 3),
                        Bytes.u32le(2)));
    }

    @Test
    void nextKeysAreShownAfterTheKey() {
        assertEquals("key: None\nnext key:\n0a 00 00 00\n", text.nextKey(null, Bytes.u32le(10)));
        assertEquals("key:\n0a 00 00 00\nnext key:\n01 00 00 00\n",
                text.nextKey(Bytes.u32le(10), Bytes.u32le(1)));
    }

    @Test
    void ofOursASlotBeginsWithWordsThatNameTheMapInACommand() {
        Element slot = new Element(Bytes.u32le(1), new Value.Slot(new MapRef.ById(12)));
        MapDescription inner = new MapDescription(12, HASH, false, false, 1, 0, 1, 1);
        MapDescription removed = new MapDescription(12, HASH, false, true, 1, 0, 1, 1);
        assertEquals("key: 01 00 00 00  value: name h_plain (id 12)\n",
                text.dumped(slot, id -> Optional.of(inner)));
        assertEquals("key: 01 00 00 00  value: id 12 (was h_plain, removed)\n",
                text.dumped(slot, id -> Optional.of(removed)));
        assertEquals("key: 01 00 00 00  value: id 12\n",
                text.dumped(slot, id -> Optional.empty()));
    }

    @Test
    void ofOursAnExpressionIsShownAsItIsWritten() {
        assertEquals("key: 00 00 00 00  value: ifindex(\"lo\")\n",
                text.dumped(
                        new Element(Bytes.u32le(0), new Value.Expression("ifindex(\"lo\")")),
                        id -> Optional.empty()));
    }

    @Test
    void ofOursAWriteShowsItsRevision() {
        assertEquals("revision 7\n", text.changed(7));
        assertEquals("id 3  revision 7\n",
                text.created(new MapDescription(3, HASH, false, false, 0, 0, 7, 7), 7));
        assertEquals("revision 7  the map lives on in slots of outer maps\n",
                text.removed(7, MapRenderer.Survivor.HELD_BY_SLOTS));
    }

    @Test
    void severalMapsFollowEachOther() {
        MapDescription map = new MapDescription(3, HASH, false, false, 0, 0, 7, 7);
        assertEquals(text.map(map) + text.map(map), text.maps(List.of(map, map)));
        assertEquals("", text.maps(List.of()));
    }

    private String found(Bytes key, Bytes value) {
        return text.found(new Element(key, new Value.Data(value)), id -> Optional.empty());
    }

    private static Bytes counted(int size) {
        int[] values = new int[size];
        for (int i = 0; i < size; i++) {
            values[i] = i + 1;
        }
        return Bytes.of(values);
    }
}
