package dev.nestmap.client;

import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import java.util.List;
import java.util.Optional;

/** A part of what one node answered to a {@link LiveQuery}. */
public sealed interface LivePart {
    /** The node's name. */
    String node();

    /**
     * Some elements, in the kernel's order. Values of per-CPU types are one for each possible CPU of the node; a slot is the id of
     * the store's map in it, or the kernel's own id, as four bytes, of a map that is none of the store's.
     */
    record Elements(String node, List<Element> elements) implements LivePart {
        /** Copies the list. */
        public Elements {
            elements = List.copyOf(elements);
        }
    }

    /**
     * All of it came.
     *
     * @param count elements that were found
     * @param kernelId the kernel's own id of the map that was read
     * @param appliedRevision the revision that the node had applied when reading began
     */
    record Complete(String node, long count, int kernelId, long appliedRevision)
            implements
                LivePart {}

    /** What is pinned there; the answer to a {@link PinQuery}. */
    record Pinned(String node, PinnedMap map) implements LivePart {}

    /**
     * The node did not answer, or not to the end; what came before is what was read until then.
     *
     * @param errno the kernel's; empty where the node is away, late or busy
     * @param message why, and the way out
     */
    record Failed(String node, Optional<Errno> errno, String message) implements LivePart {}
}
