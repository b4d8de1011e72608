package dev.nestmap.agent.kernel;

/** Takes the elements of a map as they are read. */
@FunctionalInterface
public interface PageReader {
    /**
     * Takes some elements, which are there only until this returns.
     *
     * @return false where no more are wanted
     */
    boolean take(PackedElements page);
}
