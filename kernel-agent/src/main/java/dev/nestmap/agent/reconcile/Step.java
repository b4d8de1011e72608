package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import java.nio.file.Path;
import java.util.List;

/** One thing to do in the kernel, as plain data. All steps can be done twice. */
sealed interface Step {
    /** The store's id of the map that it concerns. */
    long mapId();

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

    /** Remove pins, each if it still is this very map's, and let go. Slots and programs that hold it keep it alive. */
    record Release(long mapId, int kernelId, List<Path> pins) implements Step {}

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
     */
    record SlotChange(Bytes key, long innerMapId) {}
}
