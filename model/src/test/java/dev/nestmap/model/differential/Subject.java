package dev.nestmap.model.differential;

/**
 * Something that holds maps and answers operations on them in the words of {@link Words}. A map is there from a create that
 * was answered "created" on.
 */
public interface Subject extends AutoCloseable {
    /** Does one operation; of a map that is not there the answer is {@link Words#NO_MAP}. */
    String perform(Operation operation);

    /** Lets go of a map, which was created although the other side did not. */
    void forget(int map);

    /** Lets go of all maps. */
    @Override
    void close();
}
