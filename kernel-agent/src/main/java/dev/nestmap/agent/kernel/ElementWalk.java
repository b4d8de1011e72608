package dev.nestmap.agent.kernel;

import java.util.List;

/**
 * A walk over the elements of a map, page by page, each key once; for one thread. Holds no descriptor and no memory outside the heap, so
 * that it can be left at any place. What others write meanwhile is in it or not, as {@link KernelMap#readAll} says.
 */
public interface ElementWalk {
    /**
     * Goes on. A page may be empty though it is not the last.
     *
     * @throws KernelException as {@link KernelMap#readAll}
     * @throws IllegalStateException where the map was closed meanwhile
     */
    Page next() throws KernelException;

    /**
     * Some elements; {@code last} where there are no more behind them.
     *
     * @param elements nobody's to change; {@link PackedElements} where they came in one system call, none of them to be left out
     */
    record Page(List<KernelElement> elements, boolean last) {}
}
