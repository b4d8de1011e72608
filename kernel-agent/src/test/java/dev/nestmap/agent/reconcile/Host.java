package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** One simulated host with a reconciler that can die and start again. Its clock moves only when told. */
final class Host {
    static final Path ROOT = Path.of("/sys/fs/bpf/nestmap");
    private static final long STEP_MILLIS = 100;
    static final PinPaths PATHS = new PinPaths(ROOT);

    final SimulatedKernel kernel = new SimulatedKernel();
    /** What the kernel was asked, without looks at pins and interfaces. */
    final List<String> asked = new ArrayList<>();
    private Reconciler reconciler;
    private long nowNanos;
    private Desired last = Desired.NOTHING;

    Host() throws KernelException {
        kernel.makeDirectories(ROOT);
        watch();
        reconciler = new Reconciler(kernel, ROOT);
    }

    void watch() {
        kernel.inject(asked::add);
    }

    /** One duty cycle, with all that follows the report. */
    Progress reconcile(Desired desired) {
        last = desired;
        reconciler.advance(desired, nowNanos);
        return reconciler.release(nowNanos);
    }

    /** Some time with nothing new desired, as the loop would spend it. */
    Progress live(long millis) {
        for (long step = 0; step <= millis; step += STEP_MILLIS) {
            if (step > 0) {
                pass(STEP_MILLIS);
            }
            OptionalLong due = reconciler.dueNanos();
            if (due.isPresent() && due.getAsLong() - nowNanos <= 0) {
                Progress _ = reconcile(last);
            }
            while (reconciler.inspectionDueNanos(nowNanos).orElse(nowNanos + 1) - nowNanos <= 0) {
                Inspection _ = reconciler.inspect(nowNanos);
                Progress _ = reconciler.release(nowNanos);
            }
        }
        return reconciler.progress();
    }

    Progress advanceOnly(Desired desired) {
        return reconciler.advance(desired, nowNanos);
    }

    void pass(long millis) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** A new agent on the same kernel; the old one does nothing any more, as after kill -9. */
    void restart() throws KernelException {
        reconciler.close();
        reconciler = new Reconciler(kernel, ROOT);
    }

    /** What it wrote, deleted, created, pinned and froze since the last time. */
    List<String> takeWrites() {
        List<String> writes = asked.stream()
                .filter(operation -> operation.startsWith("update ")
                        || operation.startsWith("delete ")
                        || operation.startsWith("create ") || operation.startsWith("set slot")
                        || operation.startsWith("freeze ") || operation.startsWith("pin ")
                        || operation.startsWith("rename ") || operation.startsWith("unpin "))
                .toList();
        asked.clear();
        return writes;
    }

    KernelMap open(Path pin) {
        try {
            return kernel.openPin(pin).orElseThrow(() -> new AssertionError("nothing at " + pin));
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    int kernelId(Path pin) {
        try (KernelMap map = open(pin)) {
            return map.info().id();
        }
    }

    /** Fails unless every map is at its pin with exactly the elements that are desired, and no other map of ours is left. */
    void assertHolds(Desired desired) throws KernelException {
        List<String> owned = new ArrayList<>();
        for (Entry<DesiredMap> entry : desired.maps()) {
            owned.add(Long.toString(entry.value().id()));
            assertHolds(desired, entry.value());
        }
        kernel.inject(_ -> {});
        owned.sort(null);
        assertEquals(owned, kernel.pins(PATHS.ownedDirectory()));
        assertEquals(desired.maps().size(), kernel.liveMapIds().size(), "live maps");
        watch();
    }

    /** Fails unless one map is at its pin with exactly the elements that are desired. */
    void assertHolds(Desired desired, DesiredMap map) throws KernelException {
        kernel.inject(_ -> {});
        try (KernelMap actual = open(PATHS.of(map))) {
            assertEquals(expected(map), contents(map, actual),
                    "contents of " + map + " of " + desired);
            assertEquals(map.frozen(), actual.frozen(), "frozen " + map);
        }
        watch();
    }

    /**
     * Fails unless programs see through names and slots exactly what is desired, in slots of sealed maps from frozen ones, and no more
     * maps are alive than are wanted and kept.
     */
    void assertVisible(Desired desired, int keepGenerations) throws KernelException {
        int most = 0;
        for (Entry<DesiredMap> entry : desired.maps()) {
            DesiredMap map = entry.value();
            boolean inner = !map.hasName();
            most += inner ? 1 + keepGenerations : 1;
            if (map.spec().type().isOuter()) {
                assertSlots(desired, map);
            } else if (!inner) {
                assertHolds(desired, map);
            }
        }
        kernel.inject(_ -> {});
        int alive = kernel.liveMapIds().size();
        assertTrue(alive <= most, () -> alive + " maps are alive, for " + desired);
        watch();
    }

    private void assertSlots(Desired desired, DesiredMap outer) throws KernelException {
        kernel.inject(_ -> {});
        try (KernelMap map = open(PATHS.of(outer))) {
            Map<Bytes, Bytes> slots = contents(outer, map);
            assertEquals(outer.elements().size(), slots.size(), "slots of " + outer);
            for (Entry<Bytes> slot : outer.elements()) {
                Bytes key = StoredElements.wireKey(outer.spec(), slot.key());
                DesiredMap wanted = desired.map(StoredElements.slotMapId(slot.value()));
                assertNotNull(wanted);
                assertNotNull(slots.get(key), "slot " + key + " of " + outer);
                try (KernelMap inner = open(pinOf(wanted.id(), slots.get(key).intLe(0)))) {
                    assertEquals(expected(wanted), contents(wanted, inner),
                            "contents of " + wanted + " in slot " + key + " of " + outer);
                    assertTrue(inner.frozen() || !Holders.isSealed(outer), "not frozen: " + wanted);
                }
            }
        }
        watch();
    }

    /** The pin of the generation that a slot holds. */
    Path pinOf(long innerMapId, int kernelId) throws KernelException {
        for (String name : kernel.pins(PATHS.innerDirectory())) {
            Path pin = PATHS.innerDirectory().resolve(name);
            if (name.startsWith(innerMapId + "_") && kernelId(pin) == kernelId) {
                return pin;
            }
        }
        throw new AssertionError("no pin of map " + innerMapId + " leads to " + kernelId);
    }

    /** The kernel id of the map in a slot. */
    int inSlot(Path outer, int key) throws KernelException {
        try (KernelMap map = open(outer)) {
            return map.lookup(Bytes.u32le(key)).orElseThrow().intLe(0);
        }
    }

    private Map<Bytes, Bytes> expected(DesiredMap map) {
        Map<Bytes, Bytes> expected = new TreeMap<>();
        for (Entry<Bytes> entry : map.elements()) {
            Element element = StoredElements.element(map.spec(), entry.key(), entry.value());
            expected.put(element.key(), switch (element.value()) {
                case Value.Data(Bytes bytes) -> bytes;
                case Value.Slot _ ->
                    Bytes.u32le(kernelId(PATHS.owned(StoredElements.slotMapId(entry.value()))));
                case Value.Expression(String text) -> NodeExpression.parse(text)
                        .orElseThrow()
                        .terms()
                        .stream()
                        .map(term -> Bytes
                                .u32le(new KnownNumbers(kernel).numberOf(term).orElseThrow()))
                        .reduce(Bytes.empty(), Bytes::concat);
                case Value.PerCpu _ -> throw new AssertionError(element.toString());
            });
        }
        return expected;
    }

    private static Map<Bytes, Bytes> contents(DesiredMap map, KernelMap actual)
            throws KernelException {
        Map<Bytes, Bytes> contents = new TreeMap<>();
        for (KernelElement element : actual.readAll()) {
            if (!MapRules.isDense(map.spec().type()) || !element.value().isZero()) {
                contents.put(element.key(), element.value());
            }
        }
        return contents;
    }
}
