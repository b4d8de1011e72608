package dev.nestmap.cli.render;

import dev.nestmap.client.LivePart;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.Datum;
import dev.nestmap.model.btf.MapBtf;
import java.util.List;
import java.util.Optional;

/**
 * Prints what several nodes answered: {@link #beginNodes}, then for each node what stands between {@link #beginNode} and {@link
 * #endNode}, then {@link #endNodes}; or one sum over all of them. One thread uses it.
 */
public interface LiveRenderer {
    /** How many brackets are open where a node's own answer is printed. */
    int BRACKETS = 2;

    /** Before the first node. */
    String beginNodes();

    /** A node; its elements, or its element, follow. */
    String beginNode(String node);

    /** Behind what a node answered. */
    String endNode();

    /** A node that did not answer; empty where people are told on the side. */
    String failed(LivePart.Failed failure);

    /** The number of elements on one of several nodes. */
    String counted(String node, long count);

    /** Behind the last node. */
    String endNodes();

    /** A number of elements, of the store or of the only node that was asked. */
    String count(long count);

    /** Elements on all nodes together. */
    String sum(long count, Summed over);

    /** Values of all CPUs and nodes together. */
    String sums(List<KeySum> sums, Optional<MapBtf.Resolved> types, Summed over);

    /** What is under a key on all CPUs and nodes together: a number, or such by field. */
    record KeySum(Bytes key, Datum sum) {}

    /** Which nodes a sum is of, and which are missing in it. */
    record Summed(List<String> nodes, List<LivePart.Failed> failed) {
        /** Copies the lists. */
        public Summed {
            nodes = List.copyOf(nodes);
            failed = List.copyOf(failed);
        }
    }
}
