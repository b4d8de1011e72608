package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was applied once needs nothing more, also where the store does not keep what was written to the bit. */
class ConvergenceTest {
    /** struct { u32 a; struct bpf_spin_lock l; u64 b; } under keys of u32. */
    private static final String LOCKED = """
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: locked}
            spec: {type: hash, key: 4, value: 16, entries: 4, btf: {key: 1, value: 2, data: "%s"}}
            contents:
              elements:
                - key: {u32le: 1}
                  value: "01 00 00 00 01 00 00 00 02 00 00 00 00 00 00 00"
            """.formatted(
            "n+sBABgAAAAAAAAAjAAAAIwAAABHAAAAAQAAAAAAAAgDAAAAAAAAAAMAAAQQAAAABQAAAAEAAAAAAAAABwAAAAQAAAAgAAAACQAA"
                    + "AAUAAABAAAAACwAAAAAAAAEEAAAAIAAAABgAAAABAAAEBAAAACYAAAAGAAAAAAAAACoAAAAAAAAIBwAAAC4AAAAAAAAIAwAAADQA"
                    + "AAAAAAABCAAAAEAAAAAAdTMyAGEAbABiAHVuc2lnbmVkIGludABicGZfc3Bpbl9sb2NrAHZhbAB1NjQAX191MzIAdW5zaWduZWQg"
                    + "bG9uZyBsb25nAA==");
    private static final String PREFIXES = """
            apiVersion: nestmap/v1
            kind: Map
            metadata: {name: nets}
            spec: {type: lpm_trie, key: 8, value: 4, entries: 4, flags: [no_prealloc]}
            contents:
              prune: true
              elements:
                - key: [{u32le: 8}, {ipv4: ADDRESS}]
                  value: "01 00 00 00"
            """;

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

    private void settles(String document) {
        assertEquals("", shell.feed(document, "apply -f -").err());
        assertEquals(new Ran(0, "", ""), shell.feed(document, "diff -f -"));
    }

    @Test
    void theBytesOfALockAreNobodysWish() {
        settles(LOCKED);
        settles(LOCKED.replaceAll(", btf: .*", "}"));
        assertEquals(1, store.transactions());
    }

    @Test
    void bitsBehindAPrefixDoNotCount() {
        settles(PREFIXES.replace("ADDRESS", "10.1.2.3"));
        settles(PREFIXES.replace("ADDRESS", "10.9.9.9"));
        assertEquals(1, store.transactions());
        settles(PREFIXES.replace("ADDRESS", "11.0.0.0"));
        assertTrue(shell.run("map dump name nets").out().contains("08 00 00 00 0b 00 00 00"));
    }

    @Test
    void onePrefixGivenTwiceIsRefusedByItsLine() {
        Ran refused = shell.feed(PREFIXES.replace("ADDRESS", "10.1.2.3") + """
                    - key: [{u32le: 8}, {ipv4: 10.0.0.0}]
                      value: "02 00 00 00"
                """, "apply -f -");
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().startsWith("Error: stdin:10:"), refused.err());
        assertTrue(refused.err()
                .contains("is given twice, first in line 8 (bits behind the prefix do not count)"),
                refused.err());
    }

    @Test
    void aTemplateHasTheFlagsThatTheStoreShows() {
        settles("""
                apiVersion: nestmap/v1
                kind: Map
                metadata: {name: fi}
                spec: {type: array_of_maps, key: 4, value: 4, entries: 4, inner: {type: devmap, key: 4, value: 4, entries: 4}}
                """);
    }

    @Test
    void sizesAreCheckedBeforeTextsAreFilledUpToThem() {
        Ran refused = shell.feed("""
                apiVersion: nestmap/v1
                kind: Map
                metadata: {name: huge}
                spec: {type: hash, key: 4294967295, value: 2147483647, entries: 4}
                contents:
                  elements:
                  - key: {text: a}
                    value: {text: b}
                """, "apply -f -");
        assertEquals(new Ran(2, "",
                "Error: stdin:4:25: spec.key: is 4294967295, the store holds keys and values up to 1048576 bytes each\n"),
                refused);
    }
}
