package dev.nestmap.model.placement;

import dev.nestmap.model.Refusal;
import java.util.Map;
import java.util.Optional;

/** Which nodes a map is wanted on. */
public sealed interface Placement {
    /** The nodes whose labels match. */
    record OnNodes(LabelSelector selector) implements Placement {}

    /** No node for its own sake: the map is where an outer map holds it in a slot. */
    record FollowsOuter() implements Placement {}

    /** Every node. */
    static Placement everywhere() {
        return new OnNodes(LabelSelector.EVERYTHING);
    }

    /** True where a node with these labels wants the map for its own sake. */
    default boolean wants(Map<String, String> labels) {
        return switch (this) {
            case OnNodes(LabelSelector selector) -> selector.matches(labels);
            case FollowsOuter() -> false;
        };
    }

    /** True where nodes want the map for its own sake. */
    default boolean isOnNodes() {
        return switch (this) {
            case OnNodes _ -> true;
            case FollowsOuter() -> false;
        };
    }

    /** Refuses a selector that is none. */
    default Optional<Refusal> check() {
        return switch (this) {
            case OnNodes(LabelSelector selector) -> selector.check();
            case FollowsOuter() -> Optional.empty();
        };
    }

    /** For people: where the map is wanted. */
    default String describe() {
        return switch (this) {
            case OnNodes(LabelSelector selector) ->
                selector.requirements().isEmpty() ? "every node" : "nodes with " + selector;
            case FollowsOuter() -> "no node for its own sake, only where an outer map holds it";
        };
    }
}
