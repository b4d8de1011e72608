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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The texts were captured from bpftool 7.1.0; what is ours stands behind what is bpftool's. */
class MapJsonTest {
    private static final MapSpec HASH = MapSpec.of("default", "h_plain", MapType.HASH, 4, 8, 8)
            .withFlags(0x40);
    private static final InnerMaps NO_MAPS = id -> Optional.empty();

    private final MapJson compact = new MapJson(Json.COMPACT, MapJson.Detail.BPFTOOL);
    private final MapJson pretty = new MapJson(Json.PRETTY, MapJson.Detail.BPFTOOL);
    private final MapJson full = new MapJson(Json.COMPACT, MapJson.Detail.STORE);

    @Test
    void aMapHasBpftoolsMembersAndAllOthersOnlyWhereTheyAreAskedFor() {
        MapDescription map = new MapDescription(641997, HASH, false, false, 0, 3, 2, 9);
        assertEquals(
                "{\"id\":641997,\"type\":\"hash\",\"name\":\"h_plain\",\"flags\":64,\"bytes_key\":4,"
                        + "\"bytes_value\":8,\"max_entries\":8,\"frozen\":0}\n",
                compact.map(map));
        assertEquals(
                "{\"id\":641997,\"type\":\"hash\",\"name\":\"h_plain\",\"flags\":64,\"bytes_key\":4,"
                        + "\"bytes_value\":8,\"max_entries\":8,\"frozen\":0,"
                        + "\"namespace\":\"default\",\"ownership\":\"exclusive\",\"placement\":\"all\",\"elements\":3,"
                        + "\"slot_references\":0,\"removed\":false,\"created_revision\":2,\"revision\":9}\n",
                full.map(map));
    }

    @Test
    void severalMapsAreAnArray() {
        MapDescription map = new MapDescription(1, HASH, true, false, 0, 3, 2, 9);
        String one = compact.map(map).strip();
        assertEquals("[" + one + "," + one + "]\n", compact.maps(List.of(map, map)));
        assertEquals("[]\n", compact.maps(List.of()));
    }

    @Test
    void anOuterMapShowsItsTemplate() {
        MapSpec outer = MapSpec.of("default", "o", MapType.ARRAY_OF_MAPS, 4, 4, 2)
                .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 8, -1, 0x1000));
        String shown = full.map(new MapDescription(1, outer, false, false, 0, 0, 1, 1));
        assertEquals(
                "\"inner_map\":{\"type\":\"array\",\"bytes_key\":4,\"bytes_value\":8,"
                        + "\"max_entries\":4294967295,\"flags\":4096},"
                        + "\"publish\":\"in_place\"}\n",
                shown.substring(shown.indexOf("\"inner_map\"")));
    }

    @Test
    void anElementIsKeyAndValue() {
        assertEquals(
                "{\"key\":[\"0x01\",\"0x00\",\"0x00\",\"0x00\"],\"value\":[\"0xff\",\"0x02\"]}\n",
                compact.found(element(1, 0xff, 2), NO_MAPS));
        assertEquals("null\n", compact.notFound(Bytes.u32le(99)));
    }

    @Test
    void prettyArraysOpenOnOneLineAndCloseOnTheNext() {
        assertEquals("""
                {
                    "key": ["0x01","0x00","0x00","0x00"
                    ],
                    "value": ["0x01","0x02"
                    ]
                }
                """, pretty.found(element(1, 1, 2), NO_MAPS));
    }

    @Test
    void aDumpIsAnArray() {
        assertEquals("[]\n", compact.beginDump() + compact.endDump(0));
        assertEquals(
                "[{\"key\":[\"0x0a\",\"0x00\",\"0x00\",\"0x00\"],\"value\":[\"0xff\"]},"
                        + "{\"key\":[\"0x01\",\"0x00\",\"0x00\",\"0x00\"],\"value\":[\"0x01\"]}]\n",
                compact.beginDump() + compact.dumped(element(10, 0xff), NO_MAPS)
                        + compact.dumped(element(1, 1), NO_MAPS) + compact.endDump(2));
    }

    @Test
    void aPrettyDumpIsIndentedAsBpftoolDoes() {
        assertEquals("[]\n", pretty.beginDump() + pretty.endDump(0));
        assertEquals("""
                [{
                        "key": ["0x0a","0x00","0x00","0x00"
                        ],
                        "value": ["0xff"
                        ]
                    },{
                        "key": ["0x02","0x00","0x00","0x00"
                        ],
                        "value": {
                            "error": "No such file or directory"
                        }
                    }
                ]
                """, pretty.beginDump() + pretty.dumped(element(10, 0xff), NO_MAPS)
                + pretty.dumpedEmpty(HASH, Bytes.u32le(2)) + pretty.endDump(1));
    }

    @Test
    void nextKeysHaveTheKeyBeforeThem() {
        assertEquals("{\"key\":null,\"next_key\":[\"0x0a\",\"0x00\",\"0x00\",\"0x00\"]}\n",
                compact.nextKey(null, Bytes.u32le(10)));
        assertEquals("{\"key\":[\"0x07\"],\"next_key\":[\"0x0a\"]}\n",
                compact.nextKey(Bytes.of(7), Bytes.of(10)));
    }

    @Test
    void ofOursASlotHasTheLowBytesOfTheIdAndThenAllOfIt() {
        long id = 0x1_0000_000cL;
        MapDescription inner = new MapDescription(id, HASH, false, false, 1, 0, 1, 1);
        assertEquals(
                "{\"key\":[\"0x00\"],\"value\":[\"0x0c\",\"0x00\",\"0x00\",\"0x00\"],"
                        + "\"inner_map_id\":4294967308,\"inner_map_name\":\"h_plain\"}\n",
                full.found(new Element(Bytes.of(0), new Value.Slot(new MapRef.ById(id))),
                        asked -> Optional.of(inner)));
    }

    @Test
    void ofOursAnExpressionIsAnObject() {
        assertEquals("{\"key\":[\"0x00\"],\"value\":{\"expression\":\"ifindex(\\\"lo\\\")\"}}\n",
                compact.found(
                        new Element(Bytes.of(0), new Value.Expression("ifindex(\"lo\")")),
                        NO_MAPS));
    }

    @Test
    void aWriteAnswersNothingUnlessTheRevisionIsAskedFor() {
        assertEquals("null\n", compact.changed(7));
        assertEquals("null\n", compact.removed(7, MapRenderer.Survivor.NONE));
        assertEquals("{\"revision\":7}\n", full.changed(7));
        assertEquals("{\n    \"revision\": 7\n}\n",
                new MapJson(Json.PRETTY, MapJson.Detail.STORE).changed(7));
        assertEquals("{\"revision\":7,\"still_referenced\":false}\n",
                full.removed(7, MapRenderer.Survivor.NONE));
    }

    @Test
    void insideOfOtherJsonThereIsNoLineEndAndMoreIndent() {
        MapJson inside = new MapJson(Json.PRETTY.inside(2), MapJson.Detail.BPFTOOL);
        assertEquals("""
                {
                            "key": null,
                            "next_key": ["0x0a"
                            ]
                        }""", inside.nextKey(null, Bytes.of(10)));
    }

    @Test
    void textIsEscaped() {
        assertEquals("{\"error\":\"a\\\"b\\\\c\\n\\t\\u0001é\"}\n",
                Json.COMPACT.text(out -> out.object()
                        .member("error", "a\"b\\c\n\t\u0001é")
                        .endObject()));
    }

    private static Element element(int key, int... value) {
        return new Element(Bytes.u32le(key), new Value.Data(Bytes.of(value)));
    }
}
