package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.LivePart;
import dev.nestmap.client.LiveQuery;
import dev.nestmap.client.LiveRead;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.server.ServerConfig;
import dev.nestmap.systemtests.rig.Await;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what docs/SDK.md shows of reading the kernels of nodes; {@link SdkGuideTest} compares. */
class SdkLiveReadsTest {
    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void kernelsAreReadThroughTheStore() throws Exception {
        try (NestmapServer server = NestmapServer.start(new ServerConfig("one",
                directory.resolve("data"), "127.0.0.1:0", "", List.of()), (message, cause) -> {
                    throw new AssertionError(message, cause);
                })) {
            server.awaitLeader(START);
            String servers = "127.0.0.1:" + server.port();
            try (NestmapAgent _ = NestmapAgent.start(new AgentConfig("host7", List.of(servers),
                    Map.of(), AgentConfig.DEFAULT_PIN_ROOT), new SimulatedKernel());
                    NestmapClient client = NestmapClient.connect(ClientOptions.defaults()
                            .withTargets(servers)
                            .withNamespace("shop"))) {
                read(client);
            }
        }
    }

    private static void read(NestmapClient client) throws Exception {
        BpfMap<Inet4Address, Long> quota = BpfMap.create(client, "quota", MapType.HASH, 1024,
                Codecs.ipv4(), Codecs.u64(ByteOrder.LITTLE_ENDIAN));
        Inet4Address host = (Inet4Address) InetAddress.getByName("10.0.0.7");
        long revision = quota.put(host, 1000L);
        Await.until(START, () -> client.nodes().list(LabelSelector.EVERYTHING).value().size() == 1,
                () -> "no node: " + client.nodes().list(LabelSelector.EVERYTHING));
        assertTrue(client.nodes().waitApplied(quota.ref(), revision, START).value().complete());
        List<String> printed = new ArrayList<>();
        LiveQuery query = LiveQuery.of(quota.ref(), new LiveQuery.Question.Dump())
                .at("host7", "host8")
                .within(Duration.ofSeconds(5));
        try (LiveRead read = client.nodes().readLive(query)) {
            while (read.hasNext()) {
                printed.add(switch (read.next()) {
                    case LivePart.Elements(String node, List<Element> elements) -> {
                        Element first = elements.getFirst();
                        yield node + ": " + quota.keyCodec().decode(first.key()) + " is "
                                + quota.valueCodec().fromValue(first.value());
                    }
                    case LivePart.Complete(String node, long count, int _, long applied) ->
                        node + ": all " + count + ", at revision " + applied + " or later";
                    case LivePart.Failed(String node, Optional<Errno> _, String why) ->
                        node + ": " + why;
                    case LivePart.Pinned(String node, var _) -> node; // answers a PinQuery only
                });
            }
        }
        assertEquals(List.of("host7: /10.0.0.7 is 1000",
                "host7: all 1, at revision " + revision + " or later",
                "host8: no agent of that name follows; see nestmap node list"),
                printed.stream().sorted(SdkLiveReadsTest::byNode).toList());
    }

    /** Nodes answer in any order, each in its own. */
    private static int byNode(String one, String other) {
        return one.substring(0, 5).compareTo(other.substring(0, 5));
    }
}
