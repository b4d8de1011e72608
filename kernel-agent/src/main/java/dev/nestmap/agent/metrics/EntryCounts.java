package dev.nestmap.agent.metrics;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.model.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the entries of maps in the kernel. Of a map whose entries are known, by what looks for drift, it takes that number; of others it
 * walks the keys: no system call tells how many there are. It opens such a map anew by its pin, so that the thread that works on the kernel
 * is never waited for and never waits, and it is paced, so that maps of any size cost no more than half a percent of a CPU: a map of a
 * million entries takes some minutes. Any number of threads may ask.
 */
public final class EntryCounts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EntryCounts.class);
    private static final long CLOSE_WAIT_MILLIS = 5_000;
    /** A key that is deleted under the walk sends it back to the beginning. */
    private static final int MOST_BEGINNINGS = 4;

    private final Kernel kernel;
    private final Supplier<List<HeldMap>> maps;
    private final Pacer pacer;
    private final ConcurrentMap<Long, Long> counts = new ConcurrentHashMap<>();
    private final Thread thread;

    private EntryCounts(Kernel kernel, Supplier<List<HeldMap>> maps, Pacer pacer) {
        this.kernel = kernel;
        this.maps = maps;
        this.pacer = pacer;
        this.thread = Thread.ofPlatform()
                .name("nestmap-entries")
                .daemon()
                .uncaughtExceptionHandler(
                        (_, failure) -> LOG.error("entries are no longer counted", failure))
                .unstarted(this::run);
    }

    /** Begins to count. */
    public static EntryCounts start(Kernel kernel, Supplier<List<HeldMap>> maps) {
        EntryCounts counts = new EntryCounts(kernel, maps, Pacer.gentle());
        counts.thread.start();
        return counts;
    }

    /** For tests: counts when it is told to, as fast as it can. */
    static EntryCounts unstarted(Kernel kernel, Supplier<List<HeldMap>> maps) {
        return new EntryCounts(kernel, maps, Pacer.none());
    }

    /** The entries that were counted last; empty where they were not counted yet, or the type has none that can be. */
    public OptionalLong entries(long mapId) {
        Long count = counts.get(mapId);
        return count == null ? OptionalLong.empty() : OptionalLong.of(count);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                pass();
                pacer.awaitNextPass();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Counts each map once. */
    void pass() throws InterruptedException {
        List<HeldMap> held = maps.get();
        Set<Long> ids = held.stream().map(HeldMap::mapId).collect(Collectors.toSet());
        counts.keySet().retainAll(ids);
        for (HeldMap map : held) {
            if (isCounted(map) && !map.pin().toString().isEmpty()) {
                OptionalLong count = map.knownEntries().isPresent()
                        ? map.knownEntries()
                        : count(map);
                if (count.isPresent()) {
                    counts.put(map.mapId(), count.getAsLong());
                }
            }
        }
    }

    /** Types whose keys come and go; all indexes of an array are always there. */
    private static boolean isCounted(HeldMap map) {
        return switch (map.type()) {
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH, LPM_TRIE, HASH_OF_MAPS,
                    DEVMAP_HASH ->
                true;
            default -> false;
        };
    }

    private OptionalLong count(HeldMap held) throws InterruptedException {
        pacer.step();
        try (KernelMap map = kernel.openPin(held.pin()).orElse(null)) {
            return map == null || map.info().id() != held.kernelId()
                    ? OptionalLong.empty()
                    : count(map);
        } catch (KernelException e) {
            // A map that cannot be read has no figure; why is told elsewhere, if it matters.
            LOG.debug("count the entries of {}", held.pin(), e);
            return OptionalLong.empty();
        }
    }

    private OptionalLong count(KernelMap map) throws KernelException, InterruptedException {
        Optional<Bytes> first = map.nextKey(null);
        Optional<Bytes> key = first;
        long capacity = Integer.toUnsignedLong(map.info().spec().maxEntries());
        long count = 0;
        int beginnings = 1;
        while (key.isPresent()) {
            pacer.step();
            count++;
            key = map.nextKey(key.get());
            if (key.equals(first)) {
                count = 0;
                beginnings++;
            }
            if (beginnings > MOST_BEGINNINGS || count > capacity) {
                // Others write to it so fast that no walk comes to an end: the figure before stays.
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(count);
    }
}
