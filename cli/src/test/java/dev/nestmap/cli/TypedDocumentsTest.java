package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys and values by field name in documents, differences and watches. */
class TypedDocumentsTest {
    /** Of struct vip { __be32 addr; __be16 port; unsigned char proto; } and struct real { unsigned int num, weight; }. */
    private static final String TYPES = "btf: {key: 6, value: 7, data: \""
            + "n+sBABgAAAAAAAAAnAAAAJwAAABdAAAAAQAAAAAAAAEEAAAAIAAAAA4AAAAAAAABAgAAABAAAAAdAAAAAAAAAQEAAAAIAAAA"
            + "KwAAAAAAAAgBAAAAMgAAAAAAAAgCAAAAOQAAAAMAAAQIAAAAPQAAAAQAAAAAAAAAQgAAAAUAAAAgAAAARwAAAAMAAAAwAAAA"
            + "TQAAAAIAAAQIAAAAUgAAAAEAAAAAAAAAVgAAAAEAAAAgAAAAAHVuc2lnbmVkIGludAB1bnNpZ25lZCBzaG9ydAB1bnNpZ25l"
            + "ZCBjaGFyAF9fYmUzMgBfX2JlMTYAdmlwAGFkZHIAcG9ydABwcm90bwByZWFsAG51bQB3ZWlnaHQA\"}";
    private static final String DOCUMENT = """
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: vips}
            spec: {type: hash, key: 8, value: 8, entries: 4, TYPES}
            contents:
              prune: true
              elements:
                - key: {fields: {addr: 10.0.0.7, port: 443, proto: 6}}
                  value: {fields: {num: 0x10}}
            """;
    private static final String TYPED = DOCUMENT.replace("TYPES", TYPES);
    private static final String UNTYPED = DOCUMENT.replace(", TYPES", "");

    private FakeStore store;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        store = FakeStore.start();
        shell = new Shell(store.address());
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void fieldsAreBytesOfTheTypesInTheDocument() {
        assertEquals("", shell.feed(TYPED, "apply -f -").err());
        assertTrue(shell.run("-j map dump name vips")
                .out()
                .startsWith(
                        "[{\"key\":[\"0x0a\",\"0x00\",\"0x00\",\"0x07\",\"0x01\",\"0xbb\",\"0x06\",\"0x00\"],"
                                + "\"value\":[\"0x10\","));
        assertEquals(0, shell.feed(TYPED, "diff -f -").exitCode());
    }

    @Test
    void typesThatADocumentLeavesOutAreThoseOfTheStore() {
        Ran unknown = shell.feed(UNTYPED, "apply -f -");
        assertEquals(2, unknown.exitCode());
        assertTrue(unknown.err()
                .startsWith(
                        "Error: stdin:8:21: contents.elements[0].key.fields: the map \"vips\" has no BTF"),
                unknown.err());
        shell.feed(TYPED, "apply -f -");
        assertEquals(0, shell.feed(UNTYPED, "diff -f -").exitCode());
    }

    @Test
    void brokenJsonIsRefusedInOurWords() {
        shell.feed(TYPED, "apply -f -");
        assertEquals("Error: map lookup: key: no JSON: it ends too early, after 8 characters\n",
                shell.run("map lookup name vips key {\"addr\":").err());
        assertTrue(shell.run("map lookup name vips key {\"addr\":}")
                .err()
                .matches(
                        "Error: map lookup: key: no JSON, at character [89]: this cannot stand here\n"));
        assertTrue(shell.run("map lookup name vips key {\"addr\":1,\"addr\":2}")
                .err()
                .contains(": a member is given twice"));
    }

    @Test
    void aMapLikeAnotherHasItsTypes() {
        shell.feed(TYPED, "apply -f -");
        assertEquals("id 2  revision 2\n",
                shell.run("map create name more like name vips entries 9 placement none").out());
        assertEquals("""
                2: hash  name more  flags 0x0
                \tkey 8B  value 8B  max_entries 9
                \tkey_type struct vip  value_type struct real
                \tnamespace default  placement none  elements 0  revision 2
                """, shell.run("map show name more").out());
        assertTrue(shell.run("map create name x entries 3 like name vips")
                .err()
                .contains("write like MAP or of MAP first"));
        assertEquals(254, shell.run("map create name x like name none").exitCode());
    }

    @Test
    void aMapOfAnOuterMapFitsItsSlotsAndHasTheTypesOfItsTemplate() {
        shell.feed(TYPED, "apply -f -");
        shell.run(
                "map create type hash_of_maps key 4 value 4 entries 4 name tenants inner_map name vips");
        assertEquals("id 3  revision 3\n",
                shell.run("map create name blue of name tenants entries 9").out());
        assertEquals("""
                3: hash  name blue  flags 0x0
                \tkey 8B  value 8B  max_entries 9
                \tkey_type struct vip  value_type struct real
                \tnamespace default  placement none  elements 0  revision 3
                """, shell.run("map show name blue").out());
        assertEquals(0, shell.run("map update name tenants key 1 0 0 0 value name blue")
                .exitCode());
        assertTrue(shell.run("map create name x of name vips")
                .err()
                .startsWith(
                        "Error: map create: \"vips\" (word 5) is of type hash, which has no inner maps; like MAP makes one of its kind\n"));
        assertTrue(shell.run("map create name x of name tenants like name vips")
                .err()
                .contains("only one of them"));
    }

    @Test
    void anExportHasTheTypesOfTheTemplate() {
        shell.feed(TYPED, "apply -f -");
        shell.run(
                "map create type hash_of_maps key 4 value 4 entries 4 name tenants inner_map name vips");
        String exported = shell.run("export tenants").out();
        assertTrue(exported.contains("  inner: {type: hash, key: 8, value: 8, entries: "),
                exported);
        assertTrue(exported.contains(", btf: {key: "), exported);
        assertEquals(0, shell.feed(exported, "diff -f -").exitCode());
        shell.run("map remove name tenants");
        shell.run(
                "map create type hash_of_maps key 4 value 4 entries 4 name tenants inner_map type hash key 8 value 8 entries 16");
        Ran other = shell.feed(exported, "diff -f -");
        assertEquals(2, other.exitCode(), other.err());
        assertTrue(other.err().contains("spec.inner.btf is nothing in the store"), other.err());
        shell.run("map remove name tenants");
        shell.feed(exported, "apply -f -");
        assertEquals(exported, shell.run("export tenants").out());
    }

    @Test
    void typesAreShownByTheirNames() {
        shell.feed(TYPED, "apply -f -");
        assertTrue(shell.run("map show name vips")
                .out()
                .contains("\n\tkey_type struct vip  value_type struct real\n"));
        assertTrue(shell.run("get map vips -o json")
                .out()
                .contains("\"key_type\": \"struct vip\",\n    \"value_type\": \"struct real\""));
        assertTrue(shell.run("get maps -o wide").out().contains("  struct vip  struct real"));
    }

    @Test
    void whatIsWrongIsNamedByItsField() {
        assertEquals(
                "Error: stdin:8:21: contents.elements[0].key.fields.port: 65536 does not fit u16\n",
                shell.feed(TYPED.replace("443", "65536"), "apply -f -").err());
        assertTrue(shell.feed(TYPED.replace("num:", "nam:"), "apply -f -")
                .err()
                .startsWith("Error: stdin:9:23: contents.elements[0].value.fields"));
        assertTrue(shell.feed(TYPED.replace("{fields: {num: 0x10}}", "[{fields: {num: 1}}]"),
                "apply -f -").err().contains("is a whole key or value, no part of one"));
    }

    @Test
    void anExportWritesFieldsAndBytesThatFieldsCannotSay() {
        shell.feed(TYPED, "apply -f -");
        shell.run(
                "map update name vips key hex 00 00 00 00 00 00 00 01 value hex 01 00 00 00 00 00 00 00");
        String exported = shell.run("export vips").out();
        assertTrue(exported.endsWith("""
                  - key: "00 00 00 00 00 00 00 01"
                    value: {fields: {"num":1,"weight":0}}
                  - key: {fields: {"addr":"10.0.0.7","port":443,"proto":6}}
                    value: {fields: {"num":16,"weight":0}}
                """), exported);
        assertEquals(new Ran(0, "", ""), shell.feed(exported, "diff -f -"));
    }

    @Test
    void differencesAndWatchesShowFields() {
        shell.feed(TYPED, "apply -f -");
        String changed = UNTYPED.replace("0x10", "17");
        assertEquals("""
                map default/vips
                - key: {"addr":"10.0.0.7","port":443,"proto":6}  value: {"num":16,"weight":0}
                + key: {"addr":"10.0.0.7","port":443,"proto":6}  value: {"num":17,"weight":0}
                """, shell.feed(changed, "diff -f -").out());
        String formatted = "\"formatted\":{\"key\":{\"addr\":117440522,\"port\":47873,\"proto\":6},";
        String json = shell.feed(changed, "-j diff -f -").out();
        assertTrue(json.contains(formatted
                + "\"before\":{\"num\":16,\"weight\":0},\"after\":{\"num\":17,\"weight\":0}}"),
                json);
        assertTrue(shell.run("watch --from 0 --until 1")
                .out()
                .endsWith(
                        "set  key: {\"addr\":\"10.0.0.7\",\"port\":443,\"proto\":6}  value: {\"num\":16,\"weight\":0}\n"));
        assertTrue(shell.run("-j watch --from 0 --until 1")
                .out()
                .contains(formatted + "\"value\":{\"num\":16,\"weight\":0}}"));
    }
}
