package dev.nestmap.systemtests.faults;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.cache.CacheOptions;
import dev.nestmap.client.cache.ClockOfHits;
import dev.nestmap.client.cache.Mirror;
import dev.nestmap.client.cache.NearCache;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.typed.BpfMap;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A process that reads one key through a cache and a mirror until it is killed, and prints when each read began and what it
 * gave. The clock of all processes of a machine is one.
 */
final class StoppedReader {
    private static final long PAUSE_NANOS = 1_000_000;

    private StoppedReader() {}

    /** Takes the address of a server. */
    public static void main(String[] arguments) {
        try (NestmapClient client = Processes.patientClient(arguments)) {
            BpfMap<Integer, Long> map = BpfMap.open(client, StoppedReaderTest.MAP, Codecs.index(),
                    Codecs.u64(ByteOrder.LITTLE_ENDIAN));
            CacheOptions options = CacheOptions.defaults()
                    .withStaleness(StoppedReaderTest.STALENESS);
            System.out.println(
                    "clock coarse: " + ClockOfHits.isCoarse(StoppedReaderTest.STALENESS));
            try (NearCache<Integer, Long> cache = NearCache.open(map, options);
                    Mirror<Integer, Long> mirror = Mirror.open(map, options)) {
                while (!System.out.checkError()) {
                    read("cache", () -> cache.get(0).orElse(0L));
                    read("mirror", () -> mirror.get(0).orElse(0L));
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private static void read(String through, Supplier<Long> reader) {
        long beginNanos = System.nanoTime();
        try {
            long value = reader.get();
            System.out.println(through + " " + beginNanos + " " + value);
        } catch (NestmapException e) {
            // A read may fail: it must not be old.
        }
    }
}
