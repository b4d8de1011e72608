package dev.nestmap.agent.pages;

import dev.nestmap.agent.kernel.ArrayMemory;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.PackedIndex;
import dev.nestmap.model.tree.Tree;

/** Fills new maps and reads them back. For one thread. */
public final class MapPages {
    private MapPages() {}

    /** True for contents that are moved in pages. */
    public static boolean suit(MapSpec spec, Tree<Bytes> elements) {
        return StoredElements.areVerbatim(spec.type())
                && (MapRules.isDense(spec.type()) || elements.size() < PackedIndex.MOST_ELEMENTS);
    }

    /**
     * Writes elements into a map that holds none: through its memory where it has such, else by batches.
     *
     * @throws KernelException what the kernel said; some elements are written then
     */
    public static void fill(MapSpec spec, KernelMap map, Tree<Bytes> elements)
            throws KernelException {
        if (MapRules.isDense(spec.type())) {
            if (isMappable(spec) && (spec.flags() & MapFlags.RDONLY_PROG) == 0) {
                try (ArrayMemory memory = map.mapForWriting()) {
                    ArrayPages.write(elements, memory, spec);
                    return;
                } catch (KernelException _) {
                    // A host without the memory for it: batches say what is wrong, if anything is.
                }
            }
            new BatchFill(spec, map, BatchFill.Keys.INDEXES).write(elements);
        } else {
            new BatchFill(spec, map, BatchFill.Keys.BYTES).write(elements);
        }
    }

    /**
     * Whether a map holds these elements and no others, as read back from the kernel.
     *
     * @throws KernelException what the kernel said
     */
    public static boolean holds(MapSpec spec, KernelMap map, Tree<Bytes> elements)
            throws KernelException {
        if (!MapRules.isDense(spec.type())) {
            HashCheck check = new HashCheck(elements);
            map.readPages(check);
            return check.holdsAll();
        }
        ArrayPages check = new ArrayPages(elements, spec);
        if (isMappable(spec)) {
            try (ArrayMemory memory = map.mapForReading()) {
                return check.isNext(spec.maxEntries(), memory.bytes(), memory.strideBytes())
                        && check.isAtEnd();
            } catch (KernelException _) {
                // As above.
            }
        }
        map.readPages(page -> check.isNext(page.size(), page.values(), page.valueBytes()));
        return check.isAtEnd();
    }

    private static boolean isMappable(MapSpec spec) {
        return (spec.flags() & MapFlags.MMAPABLE) != 0;
    }
}
