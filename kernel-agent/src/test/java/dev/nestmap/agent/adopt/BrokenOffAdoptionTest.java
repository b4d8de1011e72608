package dev.nestmap.agent.adopt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.adopt.Examination.Inners;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.Slot;
import dev.nestmap.agent.reconcile.AdoptedPins;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.DesiredMap;
import dev.nestmap.agent.reconcile.PinPaths;
import dev.nestmap.agent.reconcile.Reconciler;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Tree;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adoptions of maps of maps that end half way. */
final class BrokenOffAdoptionTest {
    private static final int INNERS = 3;

    /** The simulated one opens no map by its id. */
    private final KernelUnderTest host = new KernelUnderTest(Side.LIBBPF);

    @BeforeEach
    void pinAnOuterMapWithInnerMapsThatHaveNoPin() throws Exception {
        try (KernelMap template = host.kernel()
                .create("t",
                        KernelMapSpec.of(MapType.ARRAY, 4, 4, 1, 0), null);
                KernelMap outer = host.kernel()
                        .create("outer", KernelMapSpec
                                .of(MapType.ARRAY_OF_MAPS, 4, 4, INNERS, 0), template)) {
            host.kernel().makeDirectories(host.root().resolve("lb"));
            outer.pin(pin());
            for (int i = 0; i < INNERS; i++) {
                try (KernelMap inner = host.kernel()
                        .create("inner",
                                KernelMapSpec
                                        .of(MapType.ARRAY, 4, 4, 1, 0),
                                null)) {
                    outer.updateSlots(List.of(new Slot(Bytes.u32le(i), inner))).orThrow();
                }
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private Path pin() {
        return host.root().resolve("lb/outer");
    }

    private List<String> kept() throws Exception {
        return host.kernel().pins(host.root().resolve("_inner"));
    }

    private List<Integer> slots() throws Exception {
        try (KernelMap outer = host.kernel().openPin(pin()).orElseThrow()) {
            return outer.readAll()
                    .stream()
                    .map(KernelElement::value)
                    .map(value -> value.intLe(0))
                    .toList();
        }
    }

    /** As an agent that starts, and hears what the store has. */
    private void startAgent(Desired desired) throws Exception {
        try (Reconciler reconciler = new Reconciler(host.kernel(), host.root())) {
            List<String> before = kept();
            reconciler.advance(desired, 0);
            assertEquals(before, kept(), "before the store was heard to the end");
            assertEquals(List.of(), reconciler.release(0).conditions());
        }
    }

    @Test
    void theAgentThatStartsRemovesThePinsOfMapsThatTheStoreNeverGot() throws Exception {
        List<Integer> slots = slots();
        new Examination(host.kernel(), host.root(), pin()).examine(Inners.KEPT);
        assertEquals(INNERS, kept().size());
        startAgent(new Desired(1, Tree.ofObjects()));
        assertEquals(List.of(), kept());
        assertEquals(slots, slots());
    }

    @Test
    void thePinOfAMapThatTheStoreHasStays() throws Exception {
        new Examination(host.kernel(), host.root(), pin()).examine(Inners.KEPT);
        Path adopted = AdoptedPins.path(new PinPaths(host.root()), slots().getFirst());
        MapSpec spec = new MapSpec("default", "outer_0", MapType.ARRAY, 4, 4, 1, 0, 0, 0, null,
                new Placement.FollowsOuter(), adopted.toString());
        startAgent(new Desired(1, Tree.<DesiredMap>ofObjects()
                .with(Bytes.u64be(7),
                        new DesiredMap(7, spec, false, false, false, Tree.ofBytes()))));
        assertEquals(List.of(String.valueOf(adopted.getFileName())), kept());
    }

    /** As kill -9: nothing in the program handles it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void anAgentThatIsKilledAtAnyStepOfAnAdoptionLeavesNothing() throws Exception {
        List<Integer> slots = slots();
        int most = 0;
        int step = 0;
        boolean killed = true;
        while (killed) {
            step++;
            killed = isKilled(new Examination(killedAt(step), host.root(), pin()));
            most = Math.max(most, kept().size());
            startAgent(new Desired(1, Tree.ofObjects()));
            assertEquals(List.of(), kept(), "killed at step " + step);
            assertEquals(slots, slots());
        }
        assertEquals(INNERS, most);
        System.out.printf("killed at %d steps of an adoption of %d inner maps%n", step - 1,
                INNERS);
        assertTrue(step > 2 * INNERS, step + " steps");
    }

    /** The kernel, up to the n-th time that it is asked. */
    private Kernel killedAt(int step) {
        int[] left = {step};
        return (Kernel) Proxy.newProxyInstance(Kernel.class.getClassLoader(),
                new Class<?>[]{Kernel.class}, (_, method, arguments) -> {
                    if (--left[0] == 0) {
                        throw new Killed();
                    }
                    try {
                        return method.invoke(host.kernel(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static boolean isKilled(Examination examination) throws Exception {
        try {
            examination.examine(Inners.KEPT);
            return false;
        } catch (Killed e) {
            return true;
        }
    }

    @Test
    void whatAnAdoptionPinsWhileTheAgentRunsIsNotTouched() throws Exception {
        try (Reconciler reconciler = new Reconciler(host.kernel(), host.root())) {
            new Examination(host.kernel(), host.root(), pin()).examine(Inners.KEPT);
            reconciler.advance(new Desired(1, Tree.ofObjects()), 0);
            assertEquals(List.of(), reconciler.release(0).conditions());
            assertEquals(INNERS, kept().size());
        }
    }
}
