package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;

/** One thing to do in the kernel, as plain data. All steps can be done twice. */
sealed interface Step {
    /** The store's id of the map that it concerns. */
    long mapId();

    /** True where it looks for pins, makes or removes them: a matter between all who use this host. */
    default boolean isAboutPins() {
        return switch (this) {
            case Open _,Pin _,Unpin _,Release _,Drop _ -> true;
            case ReadBack _,Create _,WriteElements _,WriteExpressions _,DeleteElements _,WriteSlots _,DeleteSlots _,Freeze _,Build _,ReadGeneration _,Verify _,Switch _ ->
                false;
        };
    }

    /** True where it cannot be done without the directory of the pins. */
    default boolean needsPins() {
        return switch (this) {
            case Open _,Pin _,Unpin _,Release _,Drop _,Create _,Build _,ReadGeneration _,Verify _ ->
                true;
            case ReadBack _,WriteElements _,WriteExpressions _,DeleteElements _,WriteSlots _,DeleteSlots _,Freeze _,Switch _ ->
                false;
        };
    }

    /** Look for the map: among our own, then at the pin, where a loader may have been first; read what is there. */
    record Open(long mapId, MapSpec spec, Path pin) implements Step {}

    /** Read all elements, because what is there is not known for sure. */
    record ReadBack(long mapId, MapSpec spec) implements Step {}

    /** Create it with what it is to begin with, and mark it as ours; programs cannot find it yet. */
    record Create(long mapId, String kernelName, MapSpec spec, List<KernelElement> seed)
            implements
                Step {}

    /** Write elements, no order promised. */
    record WriteElements(long mapId, List<KernelElement> elements) implements Step {}

    /** Write elements whose values hold descriptors, each open only meanwhile. */
    record WriteExpressions(long mapId, List<ExpressionElement> elements) implements Step {}

    /** Delete elements; those that are not there do no harm. */
    record DeleteElements(long mapId, List<Bytes> keys) implements Step {}

    /** All slots of an outer map that change, by one batch: one RCU grace period. */
    record WriteSlots(long mapId, List<SlotChange> slots) implements Step {}

    /** Empty slots of an outer map. */
    record DeleteSlots(long mapId, List<Bytes> keys) implements Step {}

    /** No system call may write it any more. */
    record Freeze(long mapId) implements Step {}

    /** Let programs find it, where nothing is, or in place of another map of ours. */
    record Pin(long mapId, Path path) implements Step {}

    /** Remove a pin, if it still is this very map's. */
    record Unpin(long mapId, int kernelId, Path path) implements Step {}

    /** Remove pins, each if it still leads to the same map, and let go. Slots and programs that hold it keep it alive. */
    record Release(long mapId, List<Pinned> pins) implements Step {}

    /**
     * Make a generation aside: create it, fill it, read it back, freeze it where its type allows that, and pin it under its number.
     * Whatever interrupts it, nothing of it stays. The first generation of a map is in use from then on.
     */
    record Build(long mapId, int generation, String kernelName, MapSpec spec, Contents contents)
            implements
                Step {
        @Override
        public String toString() {
            return "Build[mapId=%d, generation=%d, %s %s with %d elements]".formatted(mapId,
                    generation, spec.type().word(), spec.ref(), contents.elements().size());
        }
    }

    /**
     * Read what a generation holds that an agent before built.
     *
     * @param like what it may hold, so that the two share memory as far as it does
     */
    record ReadGeneration(long mapId, int generation, Contents like) implements Step {
        @Override
        public String toString() {
            return "ReadGeneration[mapId=%d, generation=%d]".formatted(mapId, generation);
        }
    }

    /** Read back whether a generation that was kept holds exactly this. */
    record Verify(long mapId, int generation, Contents contents) implements Step {
        @Override
        public String toString() {
            return "Verify[mapId=%d, generation=%d]".formatted(mapId, generation);
        }
    }

    /**
     * From now on a generation is the one in use, because all slots hold it. No system call.
     *
     * @param outers those whose slots were to be set in this plan; if one failed, nothing is switched
     */
    record Switch(long mapId, int generation, Contents contents, SortedSet<Long> outers)
            implements
                Step {
        @Override
        public String toString() {
            return "Switch[mapId=%d, generation=%d, outers=%s]".formatted(mapId, generation,
                    outers);
        }
    }

    /** Let go of a generation that is not in use; pins as in {@link Release}. */
    record Drop(long mapId, int generation, List<Pinned> pins) implements Step {}

    /**
     * An element of which the value is worked out when it is written.
     *
     * @param key as system calls take it
     */
    record ExpressionElement(Bytes key, List<NodeExpression.Term> terms) {}

    /**
     * A slot and the map that it is to hold.
     *
     * @param key as system calls take it
     * @param generation which one of that map; {@link #IN_USE} for the one that is in use
     */
    record SlotChange(Bytes key, long innerMapId, int generation) {
        static final int IN_USE = 0;

        SlotChange(Bytes key, long innerMapId) {
            this(key, innerMapId, IN_USE);
        }
    }
}
