package dev.nestmap.model.map;

/** Who may write the elements of a map in a node's kernel. Told by the type. */
public enum Ownership {
    /** The agent alone: what the store does not want is removed. */
    EXCLUSIVE,
    /** The agent writes what the store wants and lets everything else be: LRU maps, from which the kernel evicts. */
    SHARED,
    /** The agent writes once, when it creates the map; from then on programs own the contents: queues, stacks, bloom filters. */
    SEED,
    /** Nobody but programs and sockets of the node: the store holds no contents. */
    OBSERVED
}
