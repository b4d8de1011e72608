package dev.nestmap.cli.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nestmap.cli.manifest.Manifest.Freezing;
import dev.nestmap.cli.manifest.Manifest.Others;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command.InnerSource;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {
    private static final String HEAD = """
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: m}
            """;
    private static final String HASH = HEAD + "spec: {type: hash, key: 4, value: 8, entries: 16}\n";

    @Test
    void aDocumentIsADefinition() throws ManifestException {
        Manifest read = one("""
                apiVersion: nestmap/v1
                kind: Map
                metadata:
                  name: routes
                  namespace: lb
                spec:
                  type: array_of_maps
                  key: 4
                  value: 4
                  entries: 0x100
                  flags: [numa_node, rdonly_prog]
                  numaNode: 1
                  inner:
                    type: array
                    key: 4
                    value: 8
                    entries: 4
                    flags: 4096
                  nodeSelector:
                    role: lb
                  pinPath: /sys/fs/bpf/routes
                  frozen: true
                """);
        assertEquals(new MapRef.ByName("lb", "routes"), read.ref());
        assertEquals(MapType.ARRAY_OF_MAPS, read.spec().type());
        assertEquals(256, read.spec().maxEntries());
        assertEquals(0x84, read.spec().flags());
        assertEquals(1, read.spec().numaNode());
        assertEquals(new InnerSource.Given(new InnerTemplate(MapType.ARRAY, 4, 8, 4, 4096)),
                read.inner());
        assertEquals("role=lb",
                ((Placement.OnNodes) read.spec().placement()).selector().toString());
        assertEquals("/sys/fs/bpf/routes", read.spec().pinPath());
        assertEquals(Freezing.FROZEN, read.freezing());
        assertEquals(true, read.contents().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "07 00 00 00 0a 00 00 ff"         | 070000000a0000ff
            "0x070000000a0000FF"              | 070000000a0000ff
            07 00 00 00 0a 00 00 ff           | 070000000a0000ff
            [7, 0, 0, 0, 0xa, 0, 0, 255]      | 070000000a0000ff
            {u64le: 7}                        | 0700000000000000
            {u64be: 0xffffffffffffffff}       | ffffffffffffffff
            {s64le: -2}                       | feffffffffffffff
            [{u32be: 1}, {s16le: -1}, {u8: 7}, 0] | 00000001ffff0700
            [{ipv4: 10.0.0.1}, {u16be: 443}, "00 00"] | 0a00000101bb0000
            {text: eth0}                      | 6574683000000000
            [{u32le: 1}, {text: ab}]          | 0100000061620000
            """)
    void bytesHaveManyForms(String form, String hex) throws ManifestException {
        Manifest read = one(HASH + "contents: {prune: true, elements: [{key: {u32le: 1}, value: "
                + form + "}]}");
        Manifest.Contents contents = read.contents().orElseThrow();
        assertEquals(Others.PRUNED, contents.others());
        assertEquals(new Value.Data(Bytes.hex(hex)), contents.items().getFirst().value());
        assertEquals(Bytes.u32le(1), contents.items().getFirst().key());
    }

    @Test
    void aValueMayBeAsLongAsAValueCanBe() throws ManifestException {
        String digits = "ab ".repeat(1 << 20).strip();
        assertEquals(new Value.Data(Bytes.hex("ab".repeat(1 << 20))),
                value("type: hash, key: 4, value: 0x100000, entries: 1", '"' + digits + '"'));
    }

    @Test
    void slotsExpressionsAndCpusAreValues() throws ManifestException {
        assertEquals(new Value.Slot(new MapRef.ByName("default", "blue")),
                value("type: hash_of_maps, key: 4, value: 4, entries: 2, innerMap: blue",
                        "{map: blue}"));
        assertEquals(new Value.Expression("ifindex(\"eth0\")"),
                value("type: devmap, key: 4, value: 4, entries: 2", "{ifindex: eth0}"));
        assertEquals(new Value.Expression("prog(\"/sys/fs/bpf/p\")"),
                value("type: prog_array, key: 4, value: 4, entries: 2",
                        "{expression: 'prog(\"/sys/fs/bpf/p\")'}"));
        assertEquals(new Value.PerCpu(List.of(Bytes.u32le(1), Bytes.u32le(2))),
                value("type: percpu_hash, key: 4, value: 4, entries: 2",
                        "{perCpu: [{u32le: 1}, {u32le: 2}]}"));
    }

    private static Value value(String spec, String value) throws ManifestException {
        return one(HEAD + "spec: {" + spec + "}\ncontents: {elements: [{key: {u32le: 1}, value: "
                + value + "}]}").contents().orElseThrow().items().getFirst().value();
    }

    @Test
    void aFileHasManyDocumentsAndStatusIsSkipped() throws ManifestException {
        ManifestReader reader = new ManifestReader("lb");
        reader.read("f", new StringReader("---\n---\n" + HASH + "status: {id: 7}\n---\n"
                + HASH.replace("name: m", "name: n")));
        assertEquals(List.of(new MapRef.ByName("lb", "m"), new MapRef.ByName("lb", "n")),
                reader.manifests().stream().map(Manifest::ref).toList());
    }

    // Lines of the document begin at 4: three are the head.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            spec: {type: hash, key: 4, value: 8, entries: many}      | f:4:47: spec.entries: expected a number (decimal without leading zeros, or 0x hexadecimal, not in quotes), got "many"
            spec: {type: hash, key: 4, value: 8, entries: "16"}      | f:4:47: spec.entries: expected a number (decimal without leading zeros, or 0x hexadecimal, not in quotes), got "16"
            spec: {type: hash, key: 4, value: 8, entries: 4294967296} | f:4:47: spec.entries: 4294967296 does not fit: it must be 0 to 4294967295
            spec: {type: hash, key: -4, value: 8, entries: 1}        | f:4:25: spec.key: -4 does not fit: it must be 0 to 4294967295
            spec: {type: hash, key: 4.0, value: 8, entries: 1}       | f:4:25: spec.key: expected a number (decimal without leading zeros, or 0x hexadecimal, not in quotes), got "4.0"
            spec: {type: hashh, key: 4, value: 8, entries: 1}        | f:4:14: spec.type: "hashh" is no map type; the kernel knows hash, array
            spec: {type: hash, key: 4, value: 8}                     | f:4:7: spec.entries: is missing
            spec: {type: hash, key: 4, value: 8, entries: 1, size: 3} | f:4:50: spec.size: there is no such field; there are type, key, value, entries, flags
            spec: {type: hash, key: 4, value: 8, entries: 1, key: 4} | f:4:50: "key" is given twice, first in line 4
            spec: {type: hash, key: 4, value: 8, entries: 1, flags: [no_prealoc]} | f:4:58: spec.flags[0]: "no_prealoc" is no flag; there are no_prealloc
            spec: {type: hash, key: 4, value: 8, entries: 1, inner: {}} | f:4:57: spec.inner: only array_of_maps and hash_of_maps have inner maps, spec.type is hash
            spec: {type: array_of_maps, key: 4, value: 4, entries: 1} | f:4:7: spec: a map of type array_of_maps needs spec.inner
            spec: {type: hash, key: 4, value: 8, entries: 1, placement: "a b"} | f:4:61: spec.placement:
            spec: {type: hash, key: 4, value: 8, entries: 1, pinPath: x} | f:4:59: spec.pinPath: "x" is no absolute path
            spec: {type: hash, key: 4, value: 8, entries: 1, frozen: yes} | f:4:58: spec.frozen: expected true or false, got "yes"
            spec: {type: hash, key: 4, value: 8, entries: 1, publish: atomic} | f:4:59: spec.publish: "atomic" is no way to publish: in_place or sealed
            spec: {type: hash, key: 4, value: 8, entries: 1, ownership: mine} | f:4:61: spec.ownership: "mine" is no ownership: exclusive, shared, seed or observed
            spec: {type: devmap, key: 4, value: 4, entries: 1, unresolved: zero} | f:4:64: spec.unresolved: "zero" is nothing that becomes of an element: keep or empty
            spec: [hash]                                             | f:4:7: spec: expected a mapping, got a list
            spec:                                                    | f:1:1: spec: is missing
            spec: {type: !!str hash}                                 | f:4:14: the tag tag:yaml.org,2002:str is not known here: leave it out
            spec: {type: *other}                                     | f:4:14: *other: no &other stands completely before it
            spec: {type: hash                                        | f:4:18: this is no YAML: expected ',' or '}', but got <stream end>
            spec: {type: hash, key: 4, value: 8, entries: 1}\\nname: x | f:5:1: name: there is no such field; there are apiVersion, kind, metadata, spec, contents, status
            """)
    void aWrongDefinitionIsNamedByPlaceAndField(String text, String message) {
        assertRefused(HEAD + text.replace("\\n", "\n"), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {key: 7, value: {u64le: 1}}          | f:5:29: contents.elements[0].key: a number has no size and no byte order: write {u32le: 7}
            {key: "07 00", value: {u64le: 1}}    | f:5:29: contents.elements[0].key: is 2 bytes, spec.key is 4
            {key: {u32le: 4294967296}, value: {u64le: 1}} | f:5:37: contents.elements[0].key.u32le: 4294967296 does not fit: it must be 0 to 4294967295
            {key: [1, 2, 3, 256], value: {u64le: 1}} | f:5:39: contents.elements[0].key[3]: 256 does not fit: it must be 0 to 255
            {key: {u33: 1}, value: {u64le: 1}}   | f:5:30: contents.elements[0].key.u33: there is no such field; there are u8, u16le
            {key: {u32le: 1, u8: 1}, value: {u64le: 1}} | f:5:44: contents.elements[0].key.u8: stands beside u32le: one of them is the value
            {key: "0g 00 00 00", value: {u64le: 1}} | f:5:29: contents.elements[0].key: "0g 00 00 00" is no value: write hexadecimal bytes in quotes
            {key: {ipv4: 10.0.0.256}, value: {u64le: 1}} | f:5:36: contents.elements[0].key.ipv4: "10.0.0.256" is no IPv4 address
            {key: {ipv4: localhost}, value: {u64le: 1}} | f:5:36: contents.elements[0].key.ipv4: "localhost" is no IPv4 address
            {key: {u32le: 1}, value: {map: x}}   | f:5:54: contents.elements[0].value.map: only array_of_maps and hash_of_maps hold maps, spec.type is hash
            {key: {u32le: 1}, value: {text: nine chars}} | f:5:55: contents.elements[0].value.text: the text has 10 bytes, there is room for 8
            {key: {u32le: 1}, value: {perCpu: []}} | f:5:57: contents.elements[0].value.perCpu: only per-CPU types have a value for each CPU
            {key: {u32le: 1}}                    | f:5:23: contents.elements[0].value: is missing
            {key: {u32le: 1}, value: {}}         | f:5:48: contents.elements[0].value: is empty: write hexadecimal
            """)
    void aWrongElementIsNamedByPlaceAndField(String element, String message) {
        assertRefused(HASH + "contents: {elements: [" + element + "]}", message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            apiVersion: nestmap/v2                | f:1:13: apiVersion: "nestmap/v2" is not known: this version reads nestmap/v1
            {apiVersion: nestmap/v1, kind: Mop}   | f:1:32: kind: "Mop" is not known: this version reads Map
            just a text                           | f:1:1: expected a mapping, got "just a text"
            {apiVersion: nestmap/v1, kind: Map, metadata: {name: 7}} | f:1:54: metadata.name: "7" is no text: put it in quotes if it is one
            {apiVersion: nestmap/v1, kind: Map, metadata: {}} | f:1:47: metadata.name: is missing
            """)
    void aWrongHeadIsNamedByPlaceAndField(String text, String message) {
        assertRefused(text, message);
    }

    @Test
    void anElementOrMapThatIsGivenTwiceIsRefused() {
        assertRefused(HASH + """
                contents:
                  elements:
                    - {key: {u32le: 1}, value: {u64le: 1}}
                    - {key: "01 00 00 00", value: {u64le: 2}}
                """,
                "f:8:7: contents.elements[1]: the key 01 00 00 00 is given twice, first in line 7");
        assertRefused(HASH + "---\n" + HASH,
                "f:6:1: metadata.name: the map \"default/m\" is defined twice, first in f:1");
    }

    @Test
    void aliasesStandForWhatTheyName() throws ManifestException {
        Manifest read = one(HASH + """
                contents:
                  elements:
                    - {key: {u32le: 1}, value: &v {u64le: 9}}
                    - {key: {u32le: 2}, value: *v}
                """);
        assertEquals(read.contents().orElseThrow().items().get(0).value(),
                read.contents().orElseThrow().items().get(1).value());
    }

    @Test
    void whatAliasesMultiplyIsCounted() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            laughs.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(10)));
        }
        assertRefused(laughs.toString(), "f:7:");
        ManifestException refused = assertThrows(ManifestException.class,
                () -> one(laughs.toString()));
        assertEquals("the file has more than 2000000 values, aliases followed: split it",
                String.valueOf(refused.getMessage()).replaceFirst("^f:\\d+:\\d+: ", ""));
    }

    @Test
    void depthIsBounded() {
        assertRefused("[".repeat(100_000),
                "f:1:33: lists and mappings are nested more than 32 deep");
        assertRefused("- ".repeat(100_000),
                "f:1:65: lists and mappings are nested more than 32 deep");
    }

    private static void assertRefused(String text, String message) {
        ManifestException refused = assertThrows(ManifestException.class, () -> one(text));
        String said = String.valueOf(refused.getMessage());
        assertEquals(message, said.substring(0, Math.min(said.length(), message.length())), said);
        assertEquals(1, said.lines().count(), said);
    }

    private static Manifest one(String text) throws ManifestException {
        ManifestReader reader = new ManifestReader("default");
        reader.read("f", new StringReader(text));
        return reader.manifests().getFirst();
    }
}
