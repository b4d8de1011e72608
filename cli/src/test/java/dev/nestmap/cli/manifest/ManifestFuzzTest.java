package dev.nestmap.cli.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Mutated documents: each is read, or refused with one sentence; nothing else, and in no time to speak of. By hand:
 * {@code mvn -pl cli -am test -Dtest=ManifestFuzzTest -Dnestmap.fuzz.seconds=600 -Dnestmap.fuzz.seed=...}.
 */
class ManifestFuzzTest {
    private static final long SEED = Long.getLong("nestmap.fuzz.seed", 20261122);
    private static final Duration DURATION = Duration
            .ofSeconds(Integer.getInteger("nestmap.fuzz.seconds", 10));
    private static final Duration HANG = Duration.ofSeconds(20);
    private static final int MAX_BYTES = 1 << 16;

    private static final List<String> SEEDS = List.of(
            """
                    apiVersion: nestmap/v1
                    kind: Map
                    metadata: {name: routes, namespace: "lb"}
                    spec:
                      type: array_of_maps
                      key: 4
                      value: 4
                      entries: 0x100
                      flags: [no_prealloc, numa_node]
                      inner: {type: array, key: 4, value: 8, entries: 4, flags: 0}
                      nodeSelector: {role: lb}
                      publish: sealed
                      ownership: shared
                      pinPath: /sys/fs/bpf/routes
                      numaNode: 0
                      mapExtra: 18446744073709551615
                      frozen: true
                    contents:
                      prune: true
                      elements:
                        - key: {u32le: 1}
                          value: &blue {map: blue}
                        - {key: "02 00 00 00", value: *blue}
                    status: {id: 1, other: [~, null, 1.5e3]}
                    ---
                    # a comment
                    apiVersion: nestmap/v1
                    kind: Map
                    metadata: {name: h}
                    spec: {type: lpm_trie, key: 8, value: 16, entries: 4, flags: 1, placement: 'role in (a,b),!x'}
                    contents:
                      elements:
                        - {key: [{u32le: 24}, {ipv4: 10.0.0.0}], value: {ipv6: "fe80::1"}}
                        - {key: [24, 0, 0, 0, 0xa, 0, 1, 0], value: {text: "a\\u00e4\\n"}}
                        - key: 0x0a00000007000000
                          value: >-
                            00 01 02 03 04 05 06 07
                            08 09 0a 0b 0c 0d 0e 0f
                    """,
            """
                    apiVersion: nestmap/v1
                    kind: Map
                    metadata: {name: p}
                    spec: {type: percpu_hash, key: 4, value: 4, entries: 9}
                    contents: {elements: [{key: {s32be: -1}, value: {perCpu: [{u32le: 1}, "00 00 00 00"]}}]}
                    """,
            """
                    %YAML 1.2
                    --- !<tag:x>
                    ? [complex, key]
                    : |
                      literal
                    "quoted": 'it''s'
                    ...
                    """);
    private static final List<String> TOKENS = List.of("{", "}", "[", "]", ":", ": ", "- ", "? ",
            ", ", "#", "&a ", "*a", "!!int ", "!", "|", "|+9\n", ">-\n", "%", "@", "`", "\"", "'",
            "---\n", "...\n", "\t", "\n", "\r\n", "\u0000", "\ufeff", "\u2028", "\\U0010FFFF",
            "\\UFFFFFFFF", "\\xZZ", "<<: ", "~", "null", "true", "-1", "99999999999999999999999",
            "0x", "1e999999999", ".nan", "key: ", "value: ", "u32le: ", "text: ", "perCpu: ",
            "[[[[[[[[[[[[[[[[", "- - - - - - - - ", "%TAG ! tag:x,2000:\n", "\ud83d\ude00");

    @Test
    void mutatedDocumentsAreReadOrRefused() throws InterruptedException {
        AtomicLong rounds = new AtomicLong();
        AtomicReference<byte[]> current = new AtomicReference<>(new byte[0]);
        AtomicReference<Throwable> broken = new AtomicReference<>();
        long end = System.nanoTime() + DURATION.toNanos();
        Thread worker = Thread.ofPlatform().name("fuzz").daemon().start(() -> {
            Random random = new Random(SEED);
            try {
                while (System.nanoTime() < end) {
                    byte[] document = document(random);
                    current.set(document);
                    read(document);
                    rounds.incrementAndGet();
                }
            } catch (Throwable e) {
                broken.set(e);
            }
        });
        long seen = -1;
        while (worker.isAlive()) {
            worker.join(HANG);
            if (worker.isAlive() && rounds.get() == seen) {
                fail("hangs: " + describe(rounds.get(), current.get()));
            }
            seen = rounds.get();
        }
        if (broken.get() != null) {
            throw new AssertionError(describe(rounds.get(), current.get()), broken.get());
        }
        System.out.printf("fuzzed %d documents in %d s, seed %d%n", rounds.get(),
                DURATION.toSeconds(), SEED);
        assertTrue(rounds.get() > 100, () -> rounds + " documents only");
    }

    private static String describe(long round, byte[] document) {
        return "seed %d, round %d:\n%s".formatted(SEED, round,
                new String(document, StandardCharsets.UTF_8));
    }

    private static void read(byte[] document) {
        try {
            new ManifestReader("default").read("f", new InputStreamReader(
                    new ByteArrayInputStream(document), StandardCharsets.UTF_8.newDecoder()));
        } catch (ManifestException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith("f:"), message);
            assertEquals(1, message.lines().count(), message);
        }
    }

    private static byte[] document(Random random) {
        byte[] document = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
        for (int edits = 1 + random.nextInt(8); edits > 0; edits--) {
            document = mutate(document, random);
        }
        return document.length <= MAX_BYTES
                ? document
                : Arrays.copyOf(document, MAX_BYTES);
    }

    private static byte[] mutate(byte[] document, Random random) {
        int at = random.nextInt(document.length + 1);
        int to = Math.min(document.length, at + random.nextInt(1 + random.nextInt(64)));
        return switch (random.nextInt(6)) {
            case 0 -> joined(document, at, new byte[]{(byte) random.nextInt(256)},
                    Math.min(document.length, at + 1));
            case 1 -> joined(document, at, new byte[0], to);
            case 2 -> joined(document, at, Arrays.copyOfRange(document, at, to), at);
            case 3 -> joined(document, at, repeated(Arrays.copyOfRange(document, at, to),
                    1 << random.nextInt(10)), at);
            case 4 -> joined(document, at, token(random), to);
            default -> joined(document, at, token(random), at);
        };
    }

    private static byte[] token(Random random) {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] repeated(byte[] part, int times) {
        return new String(part, StandardCharsets.ISO_8859_1)
                .repeat(Math.min(times, MAX_BYTES / Math.max(1, part.length)))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** {@code document} with {@code [from, to)} replaced. */
    private static byte[] joined(byte[] document, int from, byte[] middle, int to) {
        byte[] all = new byte[from + middle.length + document.length - to];
        System.arraycopy(document, 0, all, 0, from);
        System.arraycopy(middle, 0, all, from, middle.length);
        System.arraycopy(document, to, all, from + middle.length, document.length - to);
        return all;
    }

    @Test
    void aFileThatIsTooLargeIsRefusedBeforeItFillsTheMemory() {
        StringBuilder flat = new StringBuilder("[");
        for (int i = 0; i < 3_000_000; i++) {
            flat.append("1,");
        }
        ManifestException refused = assertThrows(ManifestException.class,
                () -> new ManifestReader("default").read("f", new StringReader(flat.toString())));
        assertTrue(String.valueOf(refused.getMessage()).contains("more than 2000000 values"),
                refused::toString);
        assertRefused("x".repeat(5 << 20), "line 1 has more than 4194304 characters: break it");
        assertRefused("- a\n" + "#\n".repeat(33 << 20),
                "the file has more than 67108864 characters: split it");
    }

    private static void assertRefused(String text, String problem) {
        ManifestException refused = assertThrows(ManifestException.class,
                () -> new ManifestReader("default").read("f", new StringReader(text)));
        assertEquals("f: " + problem, refused.getMessage());
    }
}
