package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.Slot;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A host on which a loader pins maps by its own means, beside an agent. Time passes only when it is told to. */
final class Loader implements AutoCloseable {
    private static final int WHOLE = 16;

    final KernelUnderTest host;
    final Reconciler reconciler;
    private final Fleet fleet;
    /** A clock that was set back: nothing was pinned a moment ago, and no directory counts as known for longer than a step of its clock. */
    private static final Duration BACK = Duration.ofSeconds(10);

    private Duration back = BACK;
    private long nowNanos;

    Loader(Side side, Fleet fleet) throws KernelException {
        this.fleet = fleet;
        this.host = new KernelUnderTest(side);
        this.reconciler = new Reconciler(host.kernel(), host.root(), 2,
                new DriftOptions(Duration.ofMinutes(5), List.of(),
                        () -> Instant.now().minus(back)));
        host.kernel().makeDirectories(host.root().resolve("lb"));
    }

    /** From now on all pins look as old as they are. */
    void tellTheRealTime() {
        back = Duration.ZERO;
    }

    void tellAnotherTime() {
        back = BACK;
    }

    /** A definition with a pin of the loader's. */
    MapSpec pinned(MapSpec spec) {
        return new MapSpec(spec.namespace(), spec.name(), spec.type(), spec.keySize(),
                spec.valueSize(), spec.maxEntries(), spec.flags(), spec.mapExtra(),
                spec.numaNode(), spec.innerTemplate(), spec.placement(),
                pin(spec.name()).toString(), spec.btf(), spec.publish(), spec.ownership());
    }

    Path pin(String name) {
        return host.root().resolve("lb").resolve(name);
    }

    /** Pins a new map as the store wants it, with one element, in the place of whatever is there. */
    int pin(MapSpec spec, int key, int value) throws KernelException {
        try (KernelMap map = host.kernel()
                .create("loader", Definition.toCreate(spec), null)) {
            map.update(Bytes.u32le(key), Bytes.u32le(value), 0);
            return pin(spec.name(), map);
        }
    }

    /** Pins a new outer map with one slot in the place of whatever is there. */
    int pinOuter(MapSpec spec, int key, Path inner) throws KernelException {
        try (KernelMap held = host.kernel().openPin(inner).orElseThrow();
                KernelMap map = host.kernel()
                        .create("loader", Definition.toCreate(spec), held)) {
            map.updateSlots(List.of(
                    new Slot(Bytes.u32le(key), held))).orThrow();
            return pin(spec.name(), map);
        }
    }

    int pin(String name, KernelMap map) throws KernelException {
        remove(name);
        map.pin(pin(name));
        return map.info().id();
    }

    int pinHash(String name, int valueSize) throws KernelException {
        try (KernelMap map = host.kernel()
                .create("loader", KernelMapSpec.of(MapType.HASH, 4, valueSize, WHOLE, 0), null)) {
            return pin(name, map);
        }
    }

    void remove(String name) throws KernelException {
        if (isPinned(name)) {
            host.kernel().unpin(pin(name));
        }
    }

    boolean isPinned(String name) throws KernelException {
        return host.kernel().pins(host.root().resolve("lb")).contains(name);
    }

    int idAt(String name) throws KernelException {
        try (KernelMap map = host.kernel().openPin(pin(name)).orElseThrow()) {
            return map.info().id();
        }
    }

    Map<Integer, Integer> contents(String name) throws KernelException {
        try (KernelMap map = host.kernel().openPin(pin(name)).orElseThrow()) {
            return contents(map);
        }
    }

    static Map<Integer, Integer> contents(KernelMap map) throws KernelException {
        Map<Integer, Integer> contents = new TreeMap<>();
        for (KernelElement element : map.readAll()) {
            contents.put(element.key().intLe(0), element.value().intLe(0));
        }
        return contents;
    }

    Progress reconcile() {
        reconciler.advance(fleet.desired(), nowNanos);
        return reconciler.release(nowNanos);
    }

    /** Some seconds in which the store wants nothing new. */
    Progress live(int seconds) {
        for (int second = 0; second < seconds; second++) {
            nowNanos += TimeUnit.SECONDS.toNanos(1);
            if (reconciler.dueNanos().orElse(nowNanos + 1) - nowNanos <= 0) {
                reconcile();
            }
            while (reconciler.inspectionDueNanos(nowNanos).orElse(nowNanos + 1) - nowNanos <= 0) {
                Inspection _ = reconciler.inspect(nowNanos);
                Progress _ = reconciler.release(nowNanos);
            }
        }
        return reconciler.progress();
    }

    Drift drift(long mapId) {
        List<Drift> all = reconciler.progress()
                .drift()
                .drifts()
                .stream()
                .filter(drift -> drift.mapId() == mapId)
                .toList();
        if (all.size() != 1) {
            throw new AssertionError(all.toString());
        }
        return all.getFirst();
    }

    @Override
    public void close() {
        reconciler.close();
        try {
            host.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
