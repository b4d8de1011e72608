package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.systemtests.faults.Processes.Answer;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Input that is refused: each time the errno, the rule and the way out are said, nothing changes, and
 * the process goes on serving others.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final int EPERM = 255;
    private static final int ENOENT = 254;
    private static final int E2BIG = 249;
    private static final int EBADF = 247;
    private static final int EINVAL = 234;
    private static final int USAGE = 255;
    private static final int ENOTSUPP = 244;
    private static final int FAILED = 1;
    private static final String CREATE_HASH = "map create type hash key 4 value 4 entries 1 name ";
    private static final String CREATE_OUTER = "map create type array_of_maps key 4 value 4 entries 4 name o2 inner_map ";
    private static final String LONG_NAME = "n".repeat(64);
    private static final int MIB = 1 << 20;

    private final String server = Processes.freeAddress();
    private Processes processes;
    private NestmapClient client;
    private long revisionBefore;

    @BeforeAll
    void startDevAndCreateMaps() {
        processes = new Processes();
        processes.dev(server);
        client = NestmapClient.connect(server);
        for (String line : List.of(
                "map create type array key 4 value 8 entries 4 name inner placement none",
                "map create type array key 4 value 4 entries 4 name other placement none",
                "map create type array key 4 value 8 entries 5 name longer placement none",
                "map create type hash key 4 value 8 entries 4 name hash placement none",
                "map create type array_of_maps key 4 value 4 entries 4 name outer inner_map name inner",
                CREATE_HASH + "full", "map update name full key 1 0 0 0 value 1 0 0 0",
                CREATE_HASH + "frozen", "map freeze name frozen", CREATE_HASH + "proof")) {
            Processes.done(server, line);
        }
    }

    @AfterAll
    void endDev() {
        try (Processes _ = processes; NestmapClient _ = client) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    @BeforeEach
    void noteTheRevision() {
        revisionBefore = client.cluster().status().revision();
    }

    @AfterEach
    void nothingHasChangedAndOthersAreServed() {
        assertEquals(revisionBefore, client.cluster().status().revision());
        Processes.done(server, "map update name proof key 1 0 0 0 value 1 0 0 0");
    }

    /** A command line, its exit code, and what it must say. */
    record Refusal(String line, int exitCode, List<String> says) {
        @Override
        public String toString() {
            return line;
        }
    }

    private static Refusal refusal(String line, int exitCode, String... says) {
        return new Refusal(line, exitCode, List.of(says));
    }

    static Stream<Refusal> refusals() {
        return Stream.of(
                refusal("map update name full key 1 2 3 value 1 0 0 0", EINVAL,
                        "key is 3 bytes, the map has key_size 4", "EINVAL"),
                refusal("map update name full key 1 2 3 4 value 1 0 0 0 0", EINVAL,
                        "value is 5 bytes, the map has value_size 4", "EINVAL"),
                refusal("map lookup name full key 1", EINVAL,
                        "key is 1 bytes, the map has key_size 4", "EINVAL"),
                refusal("map update name missing key 1 2 3 4 value 1 0 0 0", ENOENT,
                        "\"default/missing\": there is no such map", "ENOENT"),
                refusal("map dump id 999", ENOENT, "there is no such map", "ENOENT"),
                refusal("map create type nonsense key 4 value 4 entries 1 name m", USAGE,
                        "\"nonsense\"", "is no map type; the kernel knows hash, array"),
                refusal("map create type struct_ops key 4 value 4 entries 1 name m", EINVAL,
                        "made from a type of the node's own kernel; load it there", "EINVAL"),
                refusal("map create type lru_hash key 4 value 4 entries 1 name m flags 1", ENOTSUPP,
                        "leave BPF_F_NO_PREALLOC (1) out", "ENOTSUPP"),
                refusal("map update name inner key 4 0 0 0 value 1 0 0 0 0 0 0 0", E2BIG,
                        "index 4 is out of range, max_entries is 4", "E2BIG"),
                refusal("map update name outer key 4 0 0 0 value name inner", E2BIG,
                        "index 4 is out of range, max_entries is 4", "E2BIG"),
                refusal("map update name outer key 0 0 0 0 value 1 0 0 0", EINVAL,
                        "the value of a slot is a map (name NAME, id N or pinned PATH), not bytes",
                        "EINVAL"),
                refusal("map update name outer key 0 0 0 0 value name missing", EBADF,
                        "there is no map \"default/missing\"", "EBADF"),
                refusal("map update name outer key 0 0 0 0 value name inner noexist", EINVAL,
                        "written with any (0) only", "EINVAL"),
                refusal("map update name outer key 0 0 0 0 value name other", EINVAL,
                        "its value_size is 4, the template's is 8", "EINVAL"),
                refusal("map update name outer key 0 0 0 0 value name longer", EINVAL,
                        "its max_entries is 5, the template's is 4", "EINVAL"),
                refusal("map update name outer key 0 0 0 0 value name hash", EINVAL,
                        "its type is hash, the template's is array", "EINVAL"),
                refusal("map update name outer key 0 0 0 0 value name outer", EINVAL,
                        "maps nest one level only", "EINVAL"),
                refusal(CREATE_OUTER + "name outer", EINVAL, "maps nest one level only",
                        "EINVAL"),
                refusal(CREATE_OUTER + "type prog_array key 4 value 4 entries 1", ENOTSUPP,
                        "the kernel takes no prog_array as an inner map", "ENOTSUPP"),
                refusal(CREATE_OUTER + "name missing", EBADF, "\"default/missing\"", "EBADF"),
                refusal("map update name full key 256 0 0 0 value 1 0 0 0", USAGE,
                        "\"256\"", "is over 255, so it is no byte"),
                refusal("map update name full key hex 0g 0 0 0 value 1 0 0 0", USAGE,
                        "\"0g\"", "write hexadecimal"),
                refusal("map update name full key value 1 0 0 0", USAGE,
                        "expected the bytes of the key"),
                refusal(CREATE_HASH + LONG_NAME, EINVAL,
                        "the name has 64 characters, at most 63 are possible", "EINVAL"),
                refusal(CREATE_HASH + "a.b", EINVAL,
                        "the name must be 1 to 63 of A-Z, a-z, 0-9 and '_'", "EINVAL"),
                refusal(CREATE_HASH + "../../etc", EINVAL, "the name must be", "EINVAL"),
                refusal("--namespace Big " + CREATE_HASH + "m", EINVAL,
                        "the namespace must be 1 to 63 of a-z, 0-9 and '-'", "EINVAL"),
                refusal("/sys/fs/bpf/../m " + CREATE_HASH + "m", USAGE, "no command"),
                refusal(CREATE_HASH + "full", 239, "\"default/full\"", "EEXIST"),
                refusal("map update name full key 2 0 0 0 value 1 0 0 0", E2BIG,
                        "the map is full (max_entries 1); delete an element first", "E2BIG"),
                refusal("map update name frozen key 1 0 0 0 value 1 0 0 0", EPERM,
                        "the map is frozen", "create another", "EPERM"),
                refusal("map freeze name frozen", EPERM, "frozen", "EPERM"),
                refusal("--server 127.0.0.1:1 map show", FAILED,
                        "cannot reach a Nestmap server at 127.0.0.1:1 (connection refused)",
                        "start one with \"nestmap dev\", or name another with --server"),
                refusal("--server two:words:3 map show", USAGE, "must be HOST:PORT"),
                refusal("node label dev zone=~", EINVAL, "~", "EINVAL"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void badInputIsRefusedWithErrnoRuleAndWayOut(Refusal refusal) {
        Answer answer = Processes.run(server, refusal.line());
        assertEquals(refusal.exitCode(), answer.exitCode(), answer::toString);
        for (String text : refusal.says()) {
            assertTrue(answer.err().contains(text),
                    () -> "\"" + text + "\" is not in " + answer);
        }
        assertTrue(answer.err().startsWith("Error: "), answer::toString);
        assertEquals("", answer.out());
    }

    @Test
    void theExitCodeAndTheMessageOfARealProcessAreTheSame() {
        Answer answer = Processes.attempt("--server", server, "map", "update", "name", "full",
                "key", "2", "0", "0", "0", "value", "1", "0", "0", "0");
        assertEquals(E2BIG, answer.exitCode(), answer::toString);
        assertTrue(answer.err().contains("the map is full"), answer::toString);
        assertEquals("", answer.out());
        Answer lost = Processes.attempt("--server", "nohost.invalid:7480", "map", "show");
        assertEquals(FAILED, lost.exitCode(), lost::toString);
        assertTrue(lost.err()
                .contains("cannot reach a Nestmap server at nohost.invalid:7480 (no such host)"),
                lost::toString);
    }

    @Test
    void aRequestOverTheSizeLimitIsRefusedWithTheLimitWhoeverMeasuresIt() {
        try (NestmapClient boundless = NestmapClient.connect(client.options()
                .withMaxMessageBytes(128 * MIB))) {
            for (NestmapClient sender : List.of(client, boundless)) {
                for (int sizeMib : List.of(34, 40, 70)) {
                    NestmapException refused = assertThrows(NestmapException.class,
                            () -> sender.map("full").updateBatch(mebibytes(sizeMib)),
                            sizeMib + " MiB");
                    assertEquals(NestmapException.Kind.TOO_LARGE, refused.kind(),
                            refused::toString);
                    assertTrue(String.valueOf(refused.getMessage()).contains("in parts"),
                            refused::toString);
                }
            }
        }
    }

    private static List<Element> mebibytes(int count) {
        return Collections.nCopies(count,
                new Element(Bytes.u32le(1), new Value.Data(Bytes.zeros(MIB))));
    }

    @Test
    void anEmptyRequestAndNoiseOnThePortHarmNobody() throws IOException, InterruptedException {
        ManagedChannel channel = Grpc
                .newChannelBuilder(server, InsecureChannelCredentials.create())
                .build();
        try {
            StatusRuntimeException refused = assertThrows(StatusRuntimeException.class,
                    () -> MapServiceGrpc.newBlockingStub(channel)
                            .update(UpdateRequest.getDefaultInstance()));
            assertTrue(
                    String.valueOf(refused.getMessage())
                            .contains("INVALID_ARGUMENT: request_id.client_id"),
                    refused::toString);
        } finally {
            channel.shutdownNow();
        }
        String[] address = server.split(":", -1);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]));
                OutputStream out = socket.getOutputStream()) {
            out.write("GET / HTTP/1.1\r\nHost: nestmap\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        }
        assertEquals(1, client.map("full").describe().value().elements());
    }

    @Test
    void aTransactionOfWhichOneStepIsRefusedDoesNothing() {
        NestmapException refused = assertThrows(NestmapException.class, () -> Writers.txn(client,
                List.of(new Command.Create(
                        MapSpec.of("default", "half", MapType.HASH, 4, 8, 1),
                        new Command.InnerSource.None()),
                        Writers.update("half", Bytes.u32le(1), 1),
                        Writers.update("half", Bytes.u32le(2), 2))));
        assertTrue(String.valueOf(refused.getMessage()).contains("operation 2"),
                refused::toString);
        assertEquals(ENOENT, Processes.run(server, "map show name half").exitCode());
    }
}
